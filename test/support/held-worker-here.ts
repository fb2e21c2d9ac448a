import { DefaultLogger, NativeConnection, Runtime, type Worker } from '@temporalio/worker';
import { createSecretsManagerClient } from '../../adapters/secrets-manager';
import { workerEnvironment } from '../../worker';
import { createHeldWorker, type HeldWorkerOptions } from './create-held-worker';

/** The worker of a process that only tests have: it works where the environment says. Once per process. */
export async function createHeldWorkerHere(
  options: Pick<HeldWorkerOptions, 'wrap' | 'wrapPorts' | 'workflowBundle'>,
): Promise<Worker> {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const { temporal, namespace, taskQueue } = workerEnvironment();
  return createHeldWorker({
    ...options,
    connection: await NativeConnection.connect(temporal),
    namespace,
    taskQueue,
    secretsManager: createSecretsManagerClient(),
  });
}
