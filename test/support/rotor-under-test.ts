import { randomUUID } from 'node:crypto';
import { type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { Client, Connection, type ScheduleHandle, type WorkflowHandle } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, type Worker } from '@temporalio/worker';
import { type Activities } from '../../activities';
import { createSecretsManagerClient, SecretsManagerStore } from '../../adapters/secrets-manager';
import { RotationClient, type RotationHandle } from '../../client';
import { type SecretsManagerEndpoint, startSecretsManager } from '../../local/secrets-manager';
import { waitUntil } from '../../local/supervisor';
import { type RotationEvents } from '../../rotation/rotation-events';
import { rotationId } from '../../rotation/rotation-id';
import { Sensitive } from '../../rotation/sensitive';
import { createRotorWorker } from '../../worker';
import { createEventWorkers } from '../../worker/create-event-workers';
import { type Deployment } from '../../worker/deployment';
import { type Publishers } from '../../worker/event-publishers';
import { type rotateSecret } from '../../workflows';
import { createHeldWorker } from './create-held-worker';
import { PostgresServer } from './postgres-server';
import { RotatedApplication } from './rotated-application';
import { sharedServers, type SharedServers } from './shared-servers';

/** A worker in this process. */
export interface RunningWorker {
  /** Lets running steps notice, and resolves when it is gone. Safe to repeat. */
  stop(): Promise<void>;
}

/** How a worker of a test differs from Rotor's. */
export interface WorkerChanges {
  /** Changes the activities. */
  readonly wrap?: (activities: Activities) => Activities;
  readonly eventLog?: RotationEvents;
  readonly publishers?: Publishers;
  /** @defaultValue straight to the suite's endpoint */
  readonly secretsManager?: SecretsManagerClient;
  /** Another build of the workflows. @defaultValue that of the built program */
  readonly workflowBundle?: { readonly codePath: string };
  /** @defaultValue a worker like any other */
  readonly deployment?: Deployment;
}

interface Parts {
  readonly endpoint: SecretsManagerEndpoint;
  readonly connection: Connection;
  readonly native: NativeConnection;
}

/**
 * What one suite works with: the shared Temporal server and PostgreSQL, and a task queue and a Secrets Manager of its
 * own, so that no suite sees another's secrets.
 */
export class RotorUnderTest {
  readonly servers: SharedServers = sharedServers();
  readonly taskQueue = `test-${randomUUID()}`;
  readonly endpoint: SecretsManagerEndpoint;
  readonly secretsManager: SecretsManagerClient;
  readonly postgres: PostgresServer;
  readonly temporal: Client;
  readonly client: RotationClient;
  readonly #parts: Parts;
  readonly #workers: RunningWorker[] = [];

  private constructor(parts: Parts) {
    const { temporal, postgres } = this.servers;
    const { host, port, superuser } = postgres;
    this.#parts = parts;
    this.endpoint = parts.endpoint;
    const { url, region, credentials } = parts.endpoint;
    this.secretsManager = createSecretsManagerClient({ endpoint: url, region, credentials });
    const password = new Sensitive(superuser.password);
    this.postgres = new PostgresServer({ engine: 'postgres', host, port, ...superuser, password, tls: false });
    this.temporal = new Client({
      connection: parts.connection,
      namespace: temporal.namespace,
      identity: 'rotor-client',
    });
    const store = new SecretsManagerStore({ client: this.secretsManager });
    this.client = new RotationClient({ temporal: this.temporal, taskQueue: this.taskQueue, store });
  }

  /**
   * Once per suite: the SDK's runtime of a process can be set up only once. Secrets are kept in memory, unless a folder
   * is named.
   */
  static async start({ secretsFolder }: { secretsFolder?: string } = {}): Promise<RotorUnderTest> {
    Runtime.install({ logger: new DefaultLogger('ERROR') });
    const { address } = sharedServers().temporal;
    const [endpoint, connection, native] = await Promise.all([
      startSecretsManager({ folder: secretsFolder }),
      Connection.connect({ address }),
      NativeConnection.connect({ address }),
    ]);
    return new RotorUnderTest({ endpoint, connection, native });
  }

  /** The environment that leads a Rotor of another process here. */
  get environment(): Record<string, string> {
    const { url, region, credentials } = this.endpoint;
    return {
      TEMPORAL_ADDRESS: this.servers.temporal.address,
      TEMPORAL_NAMESPACE: this.servers.temporal.namespace,
      ROTOR_TASK_QUEUE: this.taskQueue,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: url,
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    };
  }

  /** A database user and its secret, with other members than usual, on the shared PostgreSQL or on another. */
  createApplication(
    members: Readonly<Record<string, unknown>> = {},
    postgres: PostgresServer = this.postgres,
  ): Promise<RotatedApplication> {
    return RotatedApplication.create({ secretsManager: this.secretsManager, postgres }, members);
  }

  /** A database user whose secret has a name that the test gives. */
  createNamedApplication(name: string): Promise<RotatedApplication> {
    return RotatedApplication.create(this, {}, name);
  }

  /** A worker in this process, as Rotor makes it; with changed activities, one that only tests have. */
  async startWorker(changes: WorkerChanges = {}): Promise<RunningWorker> {
    const { wrap, eventLog, publishers = {}, secretsManager = this.secretsManager } = changes;
    const { temporal, program } = this.servers;
    const { workflowBundle = { codePath: program.workflowBundle }, deployment } = changes;
    const { taskQueue } = this;
    const place = { connection: this.#parts.native, namespace: temporal.namespace, taskQueue, deployment };
    const options = {
      ...place,
      secretsManager,
      workflowBundle,
      publishers: Object.keys(publishers),
      ...(eventLog ? { eventLog } : {}),
    };
    const owner = await (wrap ? createHeldWorker({ ...options, wrap }) : createRotorWorker(options));
    const running = [owner, ...(await createEventWorkers({ ...place, publishers }))].map((worker) => run(worker));
    const all = { stop: () => Promise.all(running.map((worker) => worker.stop())).then(() => undefined) };
    this.#workers.push(all);
    return all;
  }

  /** The owner of a secret's rotation; the newest run, unless one is named. */
  owner(arn: string, runId?: string): WorkflowHandle<typeof rotateSecret> {
    return this.temporal.workflow.getHandle<typeof rotateSecret>(rotationId(arn), runId);
  }

  /** The Schedule of a secret's rotation. */
  schedule(arn: string): ScheduleHandle {
    return this.temporal.schedule.getHandle(rotationId(arn));
  }

  /** Asks for a rotation by the bare signal, as any Temporal client can. */
  async signal(arn: string): Promise<string> {
    const { signaledRunId } = await this.temporal.workflow.signalWithStart('rotateSecret', {
      workflowId: rotationId(arn),
      taskQueue: this.taskQueue,
      args: [{ secretId: arn }],
      signal: 'rotateNow',
    });
    return signaledRunId;
  }

  /** The ids of the runs of a secret's owner, newest first. */
  async runs(arn: string): Promise<string[]> {
    const runs: string[] = [];
    const query = `WorkflowId = "${rotationId(arn)}"`;
    for await (const { runId } of this.temporal.workflow.list({ query })) runs.push(runId);
    return runs;
  }

  /** Waits until a secret's owner was opened so many times, and none is open. */
  async untilRotated(arn: string, { runs }: { runs: number }): Promise<boolean> {
    const query = `WorkflowId = "${rotationId(arn)}" AND ExecutionStatus != "Running"`;
    return waitUntil(async () => (await this.temporal.workflow.count(query)).count >= runs, { limitMs: 60_000 });
  }

  /** Rotates a secret by the client, to the end. */
  async rotate(application: RotatedApplication): Promise<RotationHandle> {
    const rotation = await this.client.rotateSecret({ secretId: application.name });
    await this.client.outcome(rotation);
    return rotation;
  }

  /** Ends everything that this suite started. */
  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.stop()));
    this.secretsManager.destroy();
    await this.#parts.native.close();
    await this.#parts.connection.close();
    await this.#parts.endpoint.close();
  }
}

function run(worker: Worker): RunningWorker {
  const running = worker.run();
  return {
    stop: async () => {
      if (worker.getState() === 'RUNNING') worker.shutdown();
      await running;
    },
  };
}
