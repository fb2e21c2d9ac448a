import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import { createSecretsManagerClient } from '../../adapters/secrets-manager';
import { workerEnvironment } from '../../worker';
import { createHeldWorker } from './create-held-worker';
import { Hold, type HoldPoint } from './hold';

/** A worker process that stops at one place of a rotation, says so, and then waits to be killed. */
async function main(): Promise<void> {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const [step, moment, codePath = ''] = process.argv.slice(-3);
  const { temporal, namespace, taskQueue } = workerEnvironment();
  const connection = await NativeConnection.connect(temporal);
  const hold = new Hold({ step, moment } as HoldPoint);
  const worker = await createHeldWorker({
    connection,
    namespace,
    taskQueue,
    secretsManager: createSecretsManagerClient(),
    workflowBundle: { codePath },
    wrap: (activities) => hold.wrap(activities),
  });
  void hold.reached.then(() => process.stdout.write('held\n'));
  await worker.run();
}

main().catch((err: unknown) => {
  console.error(err);
  process.exitCode = 1;
});
