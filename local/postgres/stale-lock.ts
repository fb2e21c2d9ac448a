import { readdir, readFile, readlink, rm } from 'node:fs/promises';
import path from 'node:path';
import { identifyProcess, waitUntil } from '../supervisor';
import { PostgresDataError } from './errors';

/** The other processes of a server that was killed leave by themselves, at the latest when they finish a statement. */
const LEFTOVERS_LIMIT_MS = 15_000;

/**
 * Removes the lock file of a server that was killed, when its pid has passed to another process, as is common in
 * containers: PostgreSQL would refuse to start for ever. Every other lock file is left to PostgreSQL, which knows more.
 *
 * Needs /proc, and does nothing without it.
 *
 * @throws {@link PostgresDataError} when a server does run on the data
 */
export async function removeStaleLock(dataFolder: string): Promise<void> {
  const lockFile = path.join(dataFolder, 'postmaster.pid');
  const pid = await readPid(lockFile);
  if (pid === undefined || identifyProcess(pid) === undefined) return;
  const users = await processesIn(dataFolder);
  if (users === undefined) return;
  if (users.includes(pid)) throw new PostgresDataError(dataFolder, `process ${pid} already serves it: stop it first`);

  // What PostgreSQL knows of the leftovers of the old server is in the lock file, so they have to be gone before it.
  const isQuiet = await waitUntil(async () => (await processesIn(dataFolder))?.length === 0, {
    limitMs: LEFTOVERS_LIMIT_MS,
  });
  if (!isQuiet) throw new PostgresDataError(dataFolder, 'processes of a server that was killed still use it');
  await rm(lockFile, { force: true });
}

async function readPid(lockFile: string): Promise<number | undefined> {
  const pid = Number.parseInt((await readFile(lockFile, 'utf8').catch(() => '')).split('\n')[0] ?? '', 10);
  return Number.isNaN(pid) ? undefined : pid;
}

/** The processes of a server all work in its data folder. Undefined where the system does not tell. */
async function processesIn(dataFolder: string): Promise<number[] | undefined> {
  const names = await readdir('/proc').catch(() => undefined);
  if (names === undefined) return undefined;
  const pids = names.map(Number).filter((pid) => pid > 0);
  const folders = await Promise.all(pids.map((pid) => readlink(`/proc/${pid}/cwd`).catch(() => undefined)));
  return pids.filter((_, index) => folders[index] === dataFolder);
}
