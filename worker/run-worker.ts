import { Client } from '@temporalio/client';
import { NativeConnection, Runtime, type NativeConnectionOptions, type Worker } from '@temporalio/worker';
import { EventLog } from '../adapters/event-log';
import { createSecretsManagerClient } from '../adapters/secrets-manager';
import { keepMemoryOutOfCores } from './core-files';
import { createEventWorkers } from './create-event-workers';
import { createRotorWorker, type RotorWorkerOptions } from './create-worker';
import { type Deployment } from './deployment';
import { WorkerStartError } from './errors';
import { createEventPublishers, type Publishers } from './event-publishers';
import { type EventSettings } from './event-settings';
import { registerSearchAttributes } from './register-search-attributes';
import { tellRotationGauges, type RotationGauges } from './rotation-gauges';
import { WorkerLogger } from './worker-logger';

/** Where a worker process works. */
export interface RunWorkerOptions {
  readonly temporal: NativeConnectionOptions;
  readonly namespace: string;
  readonly taskQueue: string;
  /** Where Prometheus may scrape metrics, such as `127.0.0.1:9464`. @defaultValue nowhere */
  readonly metricsAddress?: string;
  /** The certificate authorities, as PEM, that databases are trusted by. @defaultValue Node's own */
  readonly ca?: string;
  /** @defaultValue a worker like any other */
  readonly deployment?: Deployment;
  /** Where the events of rotations are told beside stdout. @defaultValue nowhere */
  readonly events?: EventSettings;
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
  const warning = keepMemoryOutOfCores();
  if (warning !== undefined) Runtime.instance().logger.warn(warning);
  const { publishers, close } = createEventPublishers(options.events ?? {});
  const connection = await connect(options);
  const secretsManager = createSecretsManagerClient();
  try {
    const workers = await createWorkers(options, { connection, secretsManager, publishers });
    const { namespace } = options;
    const searchable = (await registerSearchAttributes(connection, namespace)) === undefined;
    await run(workers, { ...options, temporal: new Client({ connection, namespace }), searchable });
  } finally {
    close();
    secretsManager.destroy();
    await connection.close();
  }
}

/** The worker of the rotations, whose events are lines on stdout, and those of the publishers. */
async function createWorkers(
  { namespace, taskQueue, ca, deployment }: RunWorkerOptions,
  { publishers, ...parts }: Pick<RotorWorkerOptions, 'connection' | 'secretsManager'> & { publishers: Publishers },
): Promise<Worker[]> {
  process.stdout.on('error', () => undefined); // a log that nobody reads any more is no reason to stop rotating
  const eventLog = new EventLog((line) => process.stdout.write(line));
  const place = { ...parts, namespace, taskQueue, ca, deployment };
  return [
    await createRotorWorker({ ...place, eventLog, publishers: Object.keys(publishers) }),
    ...(await createEventWorkers({ ...place, publishers })),
  ];
}

/** The metrics' address is opened here, because the SDK's runtime serves them itself. */
function installRuntime({ metricsAddress }: RunWorkerOptions): void {
  const logger = new WorkerLogger();
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

type GaugeSource = Pick<RotationGauges, 'temporal' | 'searchable'>;

async function run(
  workers: readonly Worker[],
  { onReady, metricsAddress, ...source }: Pick<RunWorkerOptions, 'onReady' | 'metricsAddress'> & GaugeSource,
): Promise<void> {
  const running = runTogether(workers);
  onReady?.();
  const stopped = new AbortController();
  const telling =
    metricsAddress === undefined
      ? undefined
      : tellRotationGauges({ ...source, meter: Runtime.instance().metricMeter }, stopped.signal);
  try {
    await running;
  } finally {
    stopped.abort();
    await telling;
  }
}

/** Until all have ended. One that fails takes the others along, so that whoever watches the process starts it anew. */
async function runTogether(workers: readonly Worker[]): Promise<void> {
  const running = workers.map((worker) => worker.run());
  try {
    await Promise.all(running);
  } finally {
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
    await Promise.allSettled(running);
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
