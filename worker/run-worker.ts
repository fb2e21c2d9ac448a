import { Client } from '@temporalio/client';
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
import { tellRotationGauges } from './rotation-gauges';

/** Where a worker process works. */
export interface RunWorkerOptions {
  readonly temporal: NativeConnectionOptions;
  readonly namespace: string;
  readonly taskQueue: string;
  /** Where Prometheus may scrape metrics, such as `127.0.0.1:9464`. @defaultValue nowhere */
  readonly metricsAddress?: string;
  /** The certificate authorities, as PEM, that databases are trusted by. @defaultValue Node's own */
  readonly ca?: string;
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
  installRuntime(options);
  const { namespace, taskQueue, ca } = options;
  const connection = await connect(options);
  const secretsManager = createSecretsManagerClient();
  try {
    const worker = await createRotorWorker({ connection, namespace, taskQueue, secretsManager, ca });
    await run(worker, { ...options, temporal: new Client({ connection, namespace }) });
  } finally {
    secretsManager.destroy();
    await connection.close();
  }
}

/** The metrics' address is opened here, because the SDK's runtime serves them itself. */
function installRuntime({ metricsAddress }: RunWorkerOptions): void {
  const logger = new DefaultLogger('WARN');
  if (metricsAddress === undefined) {
    Runtime.install({ logger });
    return;
  }
  try {
    Runtime.install({ logger, telemetryOptions: { metrics: { prometheus: { bindAddress: metricsAddress } } } });
  } catch {
    throw new WorkerStartError(
      `Metrics cannot be served at "${metricsAddress}". Set ROTOR_METRICS_ADDRESS to an address and port that are free.`,
    );
  }
}

async function run(
  worker: Worker,
  { onReady, metricsAddress, temporal }: Pick<RunWorkerOptions, 'onReady' | 'metricsAddress'> & { temporal: Client },
): Promise<void> {
  const running = worker.run();
  onReady?.();
  const stopped = new AbortController();
  const telling =
    metricsAddress === undefined
      ? undefined
      : tellRotationGauges({ temporal, meter: Runtime.instance().metricMeter }, stopped.signal);
  try {
    await running;
  } finally {
    stopped.abort();
    await telling;
  }
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
