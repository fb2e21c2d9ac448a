import { runWorker } from './run-worker';
import { workerEnvironment } from './worker-environment';

/** Rotor runs on Node 20 by decision; the AWS SDK's reminder tells an operator nothing. */
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

/** A worker process on its own: no command line, everything from the environment. */
async function main(): Promise<void> {
  await runWorker(workerEnvironment());
}

main().catch((err: unknown) => {
  console.error(`rotor-worker: ${err instanceof Error ? err.message : 'unknown error'}`);
  process.exitCode = 1;
});
