import { rm } from 'node:fs/promises';
import path from 'node:path';
import { type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { Client, Connection } from '@temporalio/client';
import { createSecretsManagerClient, SecretsManagerStore } from '../../adapters/secrets-manager';
import { defaultTaskQueue, RotationClient } from '../../client';
import { removePostgres } from '../../local/postgres';
import { startWorkerProcess } from '../../local/stack/start-worker-process';
import { findFreePort, startSupervisor, type Supervisor } from '../../local/supervisor';
import { findTemporal, startTemporal } from '../../local/temporal';
import { type BenchContext } from '../section';
import { RestartableServer } from './restartable-server';
import { type EndpointAddress, endpointAt, startEndpoint } from './start-endpoint';

/** Everything aboard but databases, on this machine. Each server is a process of its own. */
export interface BenchStack {
  readonly home: string;
  readonly supervisor: Supervisor;
  readonly secretsManager: SecretsManagerClient;
  readonly temporal: Client;
  readonly client: RotationClient;
  readonly endpointUrl: string;
  /** The servers that run now, by name. */
  readonly pids: ReadonlyMap<string, number>;
  readonly servers: StackServers;
  /** Ends everything that was started. */
  close(): Promise<void>;
}

/** The servers of a stack. The worker is not there until it is started. */
export interface StackServers {
  readonly temporal: RestartableServer<undefined>;
  /** Started with further arguments; it keeps its secrets. */
  readonly endpoint: RestartableServer<readonly string[]>;
  /** Started with further variables in its environment. */
  readonly worker: RestartableServer<Readonly<Record<string, string>>>;
}

/** Starts Temporal and the Secrets Manager endpoint with nothing in them, the latter with further arguments. */
export async function startBenchStack(
  context: BenchContext,
  { endpoint = [] }: { readonly endpoint?: readonly string[] } = {},
): Promise<BenchStack> {
  const home = path.resolve('.rotor', 'bench');
  const supervisor = await startSupervisor({ folder: path.join(home, 'processes') });
  try {
    await clear(home);
    const plan = await planOf(context, { home, supervisor });
    const pids = new Map<string, number>();
    const servers = serversOf(plan, pids);
    await servers.temporal.start(undefined);
    await servers.endpoint.start(endpoint);
    return { home, supervisor, pids, servers, ...(await connectClients(plan, context)) };
  } catch (err) {
    await supervisor.close();
    throw err;
  }
}

async function clear(home: string): Promise<void> {
  await removePostgres(home);
  for (const part of ['temporal', 'secrets-manager']) await rm(path.join(home, part), { recursive: true, force: true });
}

interface StackPlan {
  readonly home: string;
  readonly supervisor: Supervisor;
  readonly executable: string;
  readonly temporalPort: number;
  readonly temporalAddress: string;
  readonly namespace: string;
  readonly endpoint: EndpointAddress;
}

async function planOf(context: BenchContext, place: { home: string; supervisor: Supervisor }): Promise<StackPlan> {
  const { path: executable } = await findTemporal(context);
  const temporalPort = await findFreePort();
  const endpoint = endpointAt(await findFreePort());
  return {
    ...place,
    ...{ executable, temporalPort, endpoint, namespace: 'default' },
    temporalAddress: `127.0.0.1:${temporalPort}`,
  };
}

function serversOf(plan: StackPlan, pids: Map<string, number>): StackServers {
  const { home, supervisor, executable, temporalPort: port, temporalAddress: address, namespace, endpoint } = plan;
  const noteAs = (name: string) => (pid: number) => pids.set(name, pid);
  const temporal = { supervisor, executable, home, port, namespace };
  const worker = { supervisor, home, namespace, address, taskQueue: defaultTaskQueue };
  const environment = { ...endpoint.environment, TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace };
  return {
    temporal: new RestartableServer(async () => (await startTemporal(temporal)).process, noteAs('temporal')),
    endpoint: new RestartableServer(
      (args) => startEndpoint({ supervisor, home, port: endpoint.port, args }),
      noteAs('endpoint'),
    ),
    worker: new RestartableServer(
      (more) => startWorkerProcess({ ...worker, environment: { ...environment, ...more } }),
      noteAs('worker'),
    ),
  };
}

async function connectClients(
  { temporalAddress, namespace, endpoint, supervisor }: StackPlan,
  { onVersion }: BenchContext,
): Promise<Pick<BenchStack, 'secretsManager' | 'temporal' | 'client' | 'endpointUrl' | 'close'>> {
  const connection = await Connection.connect({ address: temporalAddress });
  onVersion('Temporal', (await connection.workflowService.getSystemInfo({})).serverVersion);
  const { url, region, credentials } = endpoint;
  const secretsManager = createSecretsManagerClient({ endpoint: url, region, credentials });
  const temporal = new Client({ connection, namespace, identity: 'rotor-bench' });
  const store = new SecretsManagerStore({ client: secretsManager });
  return {
    ...{ secretsManager, temporal, endpointUrl: url },
    client: new RotationClient({ temporal, taskQueue: defaultTaskQueue, store }),
    close: async () => {
      secretsManager.destroy();
      await connection.close();
      await supervisor.close();
    },
  };
}
