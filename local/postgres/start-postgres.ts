import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { assertPortFree, type Supervisor } from '../supervisor';
import { canEnter } from './can-enter';
import { createData } from './create-data';
import { dataEntry, existingData, noteDataPlace, placeForData } from './data-place';
import { PostgresDataError } from './errors';
import { packageBinaries, type PostgresBinaries } from './package-binaries';
import { runServer, type RunningPostgres } from './run-server';
import { serverAccount, type ServerAccount } from './server-account';
import { sharedCopy } from './shared-copy';
import { createSuperuserPassword, readSuperuserPassword } from './superuser-password';

/** What to start, and where it keeps its state. */
export interface PostgresOptions {
  /** Owns the process. */
  supervisor: Supervisor;
  /** The folder of the stack; the server's files go below `postgres` in it, and survive a restart. */
  home: string;
  /** The port on the loopback address. */
  port: number;
  /** Settings of the server, as in `postgresql.conf`: `{ fsync: 'off' }` for tests. @defaultValue the server's own */
  parameters?: Readonly<Record<string, string>>;
}

interface Prepared {
  binaries: PostgresBinaries;
  account: ServerAccount | undefined;
  folder: string;
}

interface Data {
  dataFolder: string;
  password: string;
}

/**
 * Starts a PostgreSQL on the loopback address and resolves when its superuser signs in. The first start on a home makes
 * the data and a random password; a later one finds both again, also after a kill -9.
 *
 * As root the server runs as the user `postgres`, else as `nobody`. What that user cannot reach is kept where it can:
 * a copy of the binaries in /var/cache/rotor, the data in /var/lib/rotor with a link to it in the home.
 *
 * @throws `PortTakenError` when another program holds the port
 * @throws `PostgresNotAvailableError` when npm has brought no PostgreSQL for this machine
 * @throws `PostgresDataError` when the data is there and of no use
 * @throws `PostgresNotStartedError` when the server ends first, or lets nobody sign in
 */
export async function startPostgres(options: PostgresOptions): Promise<RunningPostgres> {
  await assertPortFree({ port: options.port, purpose: 'PostgreSQL' });
  const prepared = await prepare(options);
  const data = (await keptData(prepared)) ?? (await makeData(options, prepared));
  return runServer(options, { ...prepared, ...data });
}

async function prepare({ home }: PostgresOptions): Promise<Prepared> {
  const folder = path.resolve(home, 'postgres');
  // Root lets the server's account pass through to its data; everything else in the folder is closed by itself.
  await mkdir(folder, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
  const account = await serverAccount(dataEntry(folder));
  const binaries = await packageBinaries();
  const isReachable = account === undefined || (await canEnter(path.join(binaries.folder, 'bin'), account));
  return { folder, account, binaries: isReachable ? binaries : await sharedCopy(binaries) };
}

async function keptData({ folder }: Prepared): Promise<Data | undefined> {
  const dataFolder = await existingData(folder);
  if (dataFolder === undefined) return undefined;
  const password = await readSuperuserPassword(folder);
  if (password !== undefined) return { dataFolder, password };
  throw new PostgresDataError(dataFolder, `its superuser's password is gone; remove ${folder} to start afresh`);
}

async function makeData({ supervisor, parameters }: PostgresOptions, prepared: Prepared): Promise<Data> {
  const { binaries, account, folder } = prepared;
  const password = await createSuperuserPassword(folder);
  const dataFolder = await placeForData(folder, account);
  const logFile = path.join(folder, 'initdb.log');
  const sync = parameters?.fsync !== 'off';
  await createData({ supervisor, binaries, account, dataFolder, logFile, password, sync });
  await noteDataPlace(folder, dataFolder);
  return { dataFolder, password };
}
