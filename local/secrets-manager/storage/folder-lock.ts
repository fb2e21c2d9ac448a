import { randomUUID } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { StorageError } from './storage-error';

/** Folders that this very process holds. */
const held = new Set<string>();

/**
 * Takes a folder for this process, and gives back how to let it go. A lock whose process is dead is taken over.
 *
 * @throws StorageError when a living process holds it.
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  const file = join(resolve(folder), 'lock');
  if (held.has(file)) throw taken(folder, process.pid);
  held.add(file);
  try {
    await claim(file, folder);
  } catch (error) {
    held.delete(file);
    throw error;
  }
  return async () => {
    await rm(file, { force: true });
    held.delete(file);
  };
}

async function claim(file: string, folder: string): Promise<void> {
  const mark = `${process.pid} ${randomUUID()}\n`;
  try {
    await writeFile(file, mark, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const holder = Number.parseInt(await readFile(file, 'utf8'), 10);
    if (holder !== process.pid && isAlive(holder)) throw taken(folder, holder);
    await writeFile(file, mark, { mode: 0o600 });
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function taken(folder: string, pid: number): StorageError {
  return new StorageError(`The folder ${folder} is in use by process ${pid}.`);
}
