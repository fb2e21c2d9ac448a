import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { removePostgres, type RunningPostgres, startPostgres } from '../../local/postgres';
import { findFreePort, startSupervisor, type Supervisor } from '../../local/supervisor';
import { findTemporal, type RunningTemporal, startTemporal } from '../../local/temporal';
import { buildProgram, type BuiltProgram } from './build-program';

/** What the suites about whole rotations share: two servers, and Rotor as a built program. */
export interface SharedServers {
  readonly temporal: Required<Pick<RunningTemporal, 'address' | 'namespace' | 'databaseFile' | 'logFile' | 'uiUrl'>>;
  /** The `temporal` program, for the stacks that a suite starts itself. */
  readonly temporalExecutable: string;
  /** Notes every statement in its log. */
  readonly postgres: Pick<RunningPostgres, 'host' | 'port' | 'superuser' | 'logFile'>;
  readonly program: BuiltProgram;
}

const variable = 'ROTOR_TEST_SERVERS';

let stop: (() => Promise<void>) | undefined;

/** Starts what is shared, once per run of the tests; the processes of the runner inherit where it is. */
export async function startSharedServers(): Promise<void> {
  const home = await mkdtemp(path.join(tmpdir(), 'rotor-tests-'));
  const supervisor = await startSupervisor({ folder: path.join(home, 'processes') });
  stop = async () => {
    await supervisor.close();
    await removePostgres(home);
    await rm(home, { recursive: true, force: true });
  };
  const [servers, program] = await Promise.all([startServers(supervisor, home), buildProgram()]);
  const stopServers = stop;
  stop = async () => {
    await stopServers();
    await rm(program.folder, { recursive: true, force: true });
  };
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true'; // says nothing about Rotor
  process.env[variable] = JSON.stringify({ ...servers, program } satisfies SharedServers);
}

/** Stops what {@link startSharedServers} started. */
export async function stopSharedServers(): Promise<void> {
  await stop?.();
}

/** What is shared, for a suite. */
export function sharedServers(): SharedServers {
  const text = process.env[variable];
  if (text === undefined) throw new Error('This suite belongs into the project "rotations" of jest.config.js.');
  return JSON.parse(text) as SharedServers;
}

async function startServers(supervisor: Supervisor, home: string): Promise<Omit<SharedServers, 'program'>> {
  const { path: executable } = await findTemporal({ env: process.env, onProgress: console.log });
  const temporal = await startTemporal({
    supervisor,
    executable,
    home,
    port: await findFreePort(),
    uiPort: await findFreePort(),
    fastTimers: true,
  });
  const { host, port, superuser, logFile } = await startPostgres({
    supervisor,
    home,
    port: await findFreePort(),
    parameters: { fsync: 'off', log_statement: 'all', log_connections: 'on' },
  });
  const { address, namespace, databaseFile, uiUrl = '' } = temporal;
  return {
    temporal: { address, namespace, databaseFile, logFile: temporal.logFile, uiUrl },
    temporalExecutable: executable,
    postgres: { host, port, superuser, logFile },
  };
}
