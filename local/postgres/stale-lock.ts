import { readFile, readlink, rm } from 'node:fs/promises';
import path from 'node:path';
import { identifyProcess } from '../supervisor';
import { PostgresDataError } from './errors';

/**
 * Removes the lock file of a server that was killed.
 *
 * PostgreSQL does so itself when nobody has the pid in it any more, and refuses to start for ever when the pid has passed
 * to another process, which is common in containers. A server's working folder is its data, and that tells.
 *
 * @throws {@link PostgresDataError} when a server does run on the data
 */
export async function removeStaleLock(dataFolder: string): Promise<void> {
  const lockFile = path.join(dataFolder, 'postmaster.pid');
  const pid = await readPid(lockFile);
  if (pid === undefined) return;
  const workingFolder =
    identifyProcess(pid) === undefined ? undefined : await readlink(`/proc/${pid}/cwd`).catch(() => '');
  if (workingFolder === dataFolder)
    throw new PostgresDataError(dataFolder, `process ${pid} already serves it: stop it first`);
  if (workingFolder !== '') await rm(lockFile, { force: true }); // where there is no /proc the judgement is left to PostgreSQL
}

async function readPid(lockFile: string): Promise<number | undefined> {
  const pid = Number.parseInt((await readFile(lockFile, 'utf8').catch(() => '')).split('\n')[0] ?? '', 10);
  return Number.isNaN(pid) ? undefined : pid;
}
