import {
  NativeConnection,
  Runtime,
  DefaultLogger,
  type NativeConnectionOptions,
  type Worker,
} from '@temporalio/worker';
import { createSecretsManagerClient } from '../adapters/secrets-manager';
import { createRotorWorker } from './create-worker';
import { WorkerStartError } from './errors';

/** Where a worker process works. */
export interface RunWorkerOptions {
  readonly temporal: NativeConnectionOptions;
  readonly namespace: string;
  readonly taskQueue: string;
  /** Called once the worker polls. */
  readonly onReady?: () => void;
}

/**
 * Runs a worker until the process is told to stop (SIGINT, SIGTERM), then lets running steps end and closes everything.
 * Secrets Manager's region, endpoint and credentials come from the SDK's own environment (`AWS_*`).
 *
 * @throws WorkerStartError when Temporal cannot be reached or does not know the namespace.
 */
export async function runWorker(options: RunWorkerOptions): Promise<void> {
  Runtime.install({ logger: new DefaultLogger('WARN') });
  const { namespace, taskQueue } = options;
  const connection = await connect(options);
  const secretsManager = createSecretsManagerClient();
  try {
    const worker = await createRotorWorker({ connection, namespace, taskQueue, secretsManager });
    await run(worker, options);
  } finally {
    secretsManager.destroy();
    await connection.close();
  }
}

async function run(worker: Worker, { onReady }: RunWorkerOptions): Promise<void> {
  const running = worker.run();
  onReady?.();
  await running;
}

async function connect({ temporal, namespace }: RunWorkerOptions): Promise<NativeConnection> {
  const address = temporal.address ?? 'localhost:7233';
  let connection: NativeConnection | undefined;
  try {
    connection = await NativeConnection.connect(temporal);
    await connection.workflowService.describeNamespace({ namespace });
    return connection;
  } catch {
    await connection?.close();
    throw new WorkerStartError(
      connection
        ? `Temporal at ${address} does not know the namespace "${namespace}". Create it, or set TEMPORAL_NAMESPACE.`
        : `Temporal at ${address} is not reachable. Start it (\`rotor dev\` brings one), or set TEMPORAL_ADDRESS.`,
    );
  }
}
