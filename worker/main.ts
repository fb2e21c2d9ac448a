import { runWorker } from './run-worker';
import { workerEnvironment } from './worker-environment';

/** A worker process on its own: no command line, everything from the environment. */
runWorker(workerEnvironment()).catch((err: unknown) => {
  console.error(`rotor-worker: ${err instanceof Error ? err.message : 'unknown error'}`);
  process.exitCode = 1;
});
