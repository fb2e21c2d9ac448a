import path from 'node:path';
import { serverEnvironment, type SupervisedProcess, type Supervisor } from '../supervisor';
import { PostgresNotStartedError } from './errors';
import { type PostgresBinaries } from './package-binaries';
import { type ServerAccount } from './server-account';
import { removeStaleLock } from './stale-lock';
import { untilSignsIn } from './until-signs-in';

/** A PostgreSQL that lets its superuser sign in. */
export interface RunningPostgres {
  /** The loopback address. */
  host: string;
  /** The port. */
  port: number;
  /** The one user of a new server. */
  superuser: { username: string; password: string };
  /** Where it prints. */
  logFile: string;
  /** Its data, which may lie outside the home of the stack. */
  dataFolder: string;
  /** The server process. */
  process: SupervisedProcess;
}

/** What to run the server with. */
export interface ServerOptions {
  /** Owns the process. */
  supervisor: Supervisor;
  /** The port on the loopback address. */
  port: number;
  /** Settings of the server, as in `postgresql.conf`. */
  parameters?: Readonly<Record<string, string>>;
}

/** What to run the server on. */
export interface ServerData {
  /** The PostgreSQL to run. */
  binaries: PostgresBinaries;
  /** Who runs it; undefined for the user that runs this. */
  account: ServerAccount | undefined;
  /** Where its log goes. */
  folder: string;
  /** Its data. */
  dataFolder: string;
  /** The superuser's password. */
  password: string;
}

/** The remaining processes of a server that was killed leave by themselves, at the latest when they finish a statement. */
const LEFTOVERS_LIMIT_MS = 15_000;
const LEFTOVERS = 'pre-existing shared memory block';

/**
 * Runs the server on data that exists and resolves when its superuser signs in.
 *
 * @throws {@link PostgresNotStartedError}
 */
export async function runServer(options: ServerOptions, data: ServerData): Promise<RunningPostgres> {
  await removeStaleLock(data.dataFolder);
  const deadline = performance.now() + LEFTOVERS_LIMIT_MS;
  for (;;) {
    try {
      return await runOnce(options, data);
    } catch (error) {
      if (
        !(error instanceof PostgresNotStartedError && error.message.includes(LEFTOVERS)) ||
        performance.now() > deadline
      )
        throw error;
    }
  }
}

async function runOnce(options: ServerOptions, data: ServerData): Promise<RunningPostgres> {
  const { binaries, account, folder, dataFolder, password } = data;
  const logFile = path.join(folder, 'postgres.log');
  const process = await options.supervisor.start({
    name: 'postgres',
    command: path.join(binaries.folder, 'bin', 'postgres'),
    args: serverArguments(options, dataFolder),
    env: serverEnvironment({ LC_ALL: 'C' }),
    cwd: '/', // the checkout may be closed to the account
    stopSignal: 'SIGINT', // the fast shutdown: it does not wait for clients
    logFile,
    ...account,
  });
  const superuser = { username: 'postgres', password };
  const server = { host: '127.0.0.1', port: options.port, superuser, logFile, dataFolder, process };
  await untilSignsIn(server);
  return server;
}

/** What comes later on the command line wins, so parameters cannot open the server to the network. */
function serverArguments({ port, parameters }: ServerOptions, dataFolder: string): string[] {
  const settings = {
    ...parameters,
    port: String(port),
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    logging_collector: 'off', // what it prints goes to the log file by its standard error
  };
  return ['-D', dataFolder, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
}
