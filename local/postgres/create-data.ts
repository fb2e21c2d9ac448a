import { chown, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { lastLines, serverEnvironment, type Supervisor } from '../supervisor';
import { PostgresNotStartedError } from './errors';
import { type PostgresBinaries } from './package-binaries';
import { type ServerAccount } from './server-account';

/** What new data is made of. */
export interface NewData {
  /** Owns the process that makes it. */
  supervisor: Supervisor;
  /** The PostgreSQL that makes it. */
  binaries: PostgresBinaries;
  /** Who owns it; undefined for the user that runs this. */
  account: ServerAccount | undefined;
  /** Where it goes; the folder above it exists. */
  dataFolder: string;
  /** Where the maker prints. */
  logFile: string;
  /** The superuser's password. */
  password: string;
  /** Whether to wait until all of it is on the disk. */
  sync: boolean;
}

const DRAFT_PREFIX = 'initdb-';

/**
 * Makes the data of a new PostgreSQL, with a superuser `postgres` who signs in by password (SCRAM-SHA-256).
 *
 * The data appears in its place at once and complete; what an interrupted attempt has left beside it is removed.
 *
 * @throws {@link PostgresNotStartedError}
 */
export async function createData(data: NewData): Promise<void> {
  const parent = path.dirname(data.dataFolder);
  await removeDrafts(parent);
  const draft = await mkdtemp(path.join(parent, DRAFT_PREFIX)); // of mode 0700, so the password in it is private
  try {
    await runInitdb(data, draft);
    await rename(path.join(draft, 'data'), data.dataFolder);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function runInitdb(data: NewData, draft: string): Promise<void> {
  const { supervisor, binaries, account, logFile, password } = data;
  const passwordFile = path.join(draft, 'password');
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  await mkdir(path.join(draft, 'data'), { mode: 0o700 });
  for (const owned of account === undefined ? [] : [passwordFile, path.join(draft, 'data'), draft]) {
    await chown(owned, account?.uid ?? 0, account?.gid ?? 0);
  }

  const initdb = await supervisor.start({
    name: 'initdb',
    command: path.join(binaries.folder, 'bin', 'initdb'),
    args: initdbArguments({ dataFolder: path.join(draft, 'data'), passwordFile, sync: data.sync }),
    env: serverEnvironment({ LC_ALL: 'C' }),
    cwd: '/',
    logFile,
    ...account,
  });
  const { code, signal } = await initdb.exited;
  if (code === 0) return;
  const reason = `cannot make its data (${signal ?? `exit code ${code ?? 'unknown'}`})`;
  throw new PostgresNotStartedError({ logFile, reason, log: await lastLines(logFile) });
}

/** The password goes by a file: everybody on the machine can read a command line. */
function initdbArguments(options: { dataFolder: string; passwordFile: string; sync: boolean }): string[] {
  const { dataFolder, passwordFile, sync } = options;
  return [
    `--pgdata=${dataFolder}`,
    '--username=postgres',
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    ...(sync ? [] : ['--no-sync']),
  ];
}

async function removeDrafts(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    if (name.startsWith(DRAFT_PREFIX)) await rm(path.join(parent, name), { recursive: true, force: true });
  }
}
