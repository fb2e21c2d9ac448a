import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { Client, Connection } from '@temporalio/client';
import { createSecretsManagerClient, SecretsManagerStore } from '../../../adapters/secrets-manager';
import { defaultTaskQueue, RotationClient } from '../../../client';
import { removePostgres, type RunningPostgres, startPostgres } from '../../../local/postgres';
import { defaultCredentials, defaultRegion } from '../../../local/secrets-manager';
import {
  type SecretsManagerProcess,
  startSecretsManagerProcess,
} from '../../../local/stack/start-secrets-manager-process';
import { findFreePort, startSupervisor, type Supervisor } from '../../../local/supervisor';
import { type RunningTemporal, startTemporal } from '../../../local/temporal';
import { Sensitive } from '../../../rotation/sensitive';
import { PostgresServer } from '../../support/postgres-server';
import { sharedServers } from '../../support/shared-servers';
import { type Victim } from './kill-schedule';
import { type Mortal } from './mortal';
import { MortalServer } from './mortal-server';
import { MortalWorker } from './mortal-worker';

/** All that rotations need, each a process of its own that can be killed, and what a caller of Rotor has. */
export interface MortalStack {
  readonly client: RotationClient;
  readonly postgres: PostgresServer;
  readonly secretsManager: SecretsManagerClient;
  readonly mortals: Readonly<Record<Victim, Mortal>>;
  /** Does something whose calls of Temporal are cancelled when the signal aborts. */
  untilAborted<Result>(signal: AbortSignal, act: () => Promise<Result>): Promise<Result>;
  /** No call of Temporal may be under way: the client would try it again, without its connection. */
  close(): Promise<void>;
}

/** Starts everything with nothing in it: servers with their state in files, and two workers. */
export async function startMortalStack(): Promise<MortalStack> {
  const home = await mkdtemp(path.join(tmpdir(), 'rotor-kills-'));
  const supervisor = await startSupervisor({ folder: path.join(home, 'processes') });
  const temporalPort = await findFreePort();
  const { postgres, ...servers } = await startServers({ home, supervisor, temporalPort });
  const endpoint = servers.secretsManager.running;
  const address = `127.0.0.1:${temporalPort}`;
  const environment = { ...endpoint.environment, TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: 'default' };
  const workers = [await MortalWorker.start(environment), await MortalWorker.start(environment)] as const;
  const connection = await Connection.connect({ address });
  const secretsManager = createSecretsManagerClient({
    endpoint: endpoint.environment.AWS_ENDPOINT_URL_SECRETS_MANAGER ?? '',
    region: defaultRegion,
    credentials: defaultCredentials,
  });
  const { host, port, superuser } = postgres.running;
  const password = new Sensitive(superuser.password);
  return {
    client: new RotationClient({
      temporal: new Client({ connection }),
      taskQueue: defaultTaskQueue,
      store: new SecretsManagerStore({ client: secretsManager }),
    }),
    postgres: new PostgresServer({ engine: 'postgres', host, port, ...superuser, password, tls: false }),
    secretsManager,
    mortals: {
      'worker 1': workers[0],
      'worker 2': workers[1],
      PostgreSQL: postgres,
      'Secrets Manager': servers.secretsManager,
      Temporal: servers.temporal,
    },
    untilAborted: (signal, act) => connection.withAbortSignal(signal, act),
    close: async () => {
      await Promise.all(workers.map((worker) => worker.kill()));
      secretsManager.destroy();
      await connection.close();
      await supervisor.close();
      await removePostgres(home);
      await rm(home, { recursive: true, force: true });
    },
  };
}

interface ServerPlan {
  readonly home: string;
  readonly supervisor: Supervisor;
  readonly temporalPort: number;
}

interface MortalServers {
  readonly postgres: MortalServer<RunningPostgres>;
  readonly secretsManager: MortalServer<SecretsManagerProcess>;
  readonly temporal: MortalServer<RunningTemporal>;
}

async function startServers({ home, supervisor, temporalPort }: ServerPlan): Promise<MortalServers> {
  const place = { home, supervisor };
  const executable = sharedServers().temporalExecutable;
  const [postgresPort, endpointPort] = [await findFreePort(), await findFreePort()];
  const [temporal, postgres, secretsManager] = await Promise.all([
    MortalServer.start(() => startTemporal({ ...place, executable, port: temporalPort, fastTimers: true })),
    MortalServer.start(() => startPostgres({ ...place, port: postgresPort })),
    MortalServer.start(() => startSecretsManagerProcess({ ...place, port: endpointPort })),
  ]);
  return { postgres, secretsManager, temporal };
}
