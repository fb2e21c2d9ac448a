import { createHash, randomUUID } from 'node:crypto';
import { lstat, readdir, readlink, realpath, rm, stat, symlink } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from '../supervisor';
import { canEnter } from './can-enter';
import { PostgresDataError } from './errors';
import { claimPlace, removeForgottenPlaces } from './forgotten-data';
import { type ServerAccount } from './server-account';

/** Where data goes that the server's account could not reach below the home of the stack. */
const SHARED_FOLDER = '/var/lib/rotor';
const PREFIX = 'data-';

/** Data folders that no home points to any more, but for the youngest: its home may have been moved and be needed. */
const SPARED = 1;

/** The data folder, or the link to it, in the folder that the server has below the home of the stack. */
export function dataEntry(folder: string): string {
  return path.join(folder, 'data');
}

/**
 * Finds the data that an earlier start has made; undefined when there is none.
 *
 * @throws {@link PostgresDataError} when it has been there, and is gone or closed to this user
 */
export async function existingData(folder: string): Promise<string | undefined> {
  const entry = dataEntry(folder);
  if (!(await isThere(entry))) return undefined;
  try {
    const dataFolder = await realpath(entry);
    const { uid } = await stat(dataFolder);
    if (process.getuid?.() === 0 || process.getuid?.() === uid) return await inUse(folder, dataFolder);
    throw new PostgresDataError(dataFolder, `it belongs to another user (uid ${uid})`);
  } catch (error) {
    if (error instanceof PostgresDataError) throw error;
    throw new PostgresDataError(
      await readlink(entry).catch(() => entry),
      `it is out of reach (${errorCode(error) ?? 'unknown'}); remove ${folder} to start afresh`,
    );
  }
}

/**
 * Chooses where new data goes: into the folder itself, or, when the account could not reach it there, into a folder of
 * the machine, one per folder that asks.
 */
export async function placeForData(folder: string, account: ServerAccount | undefined): Promise<string> {
  if (account === undefined || (await canEnter(folder, account))) return dataEntry(folder);

  await removeForgottenPlaces(SHARED_FOLDER);
  const place = await sharedPlace(folder);
  await claimPlace(place, await realpath(folder));
  await removeForgotten(place);
  return path.join(place, `${PREFIX}${randomUUID()}`);
}

/** Leaves in the folder a link to data that lies elsewhere. */
export async function noteDataPlace(folder: string, dataFolder: string): Promise<void> {
  if (dataFolder !== dataEntry(folder)) await symlink(dataFolder, dataEntry(folder));
}

/**
 * Removes the data and everything else that a PostgreSQL keeps for this home, wherever it lies; nothing may run on it.
 *
 * Safe to repeat.
 */
export async function removePostgres(home: string): Promise<void> {
  const folder = path.resolve(home, 'postgres');
  if (!(await isThere(folder))) return;
  const place = path.dirname(await readlink(dataEntry(folder)).catch(() => dataEntry(folder)));
  for (const shared of [place, await sharedPlace(folder)]) {
    if (path.dirname(shared) === SHARED_FOLDER) await rm(shared, { recursive: true, force: true });
  }
  await rm(folder, { recursive: true, force: true });
}

async function inUse(folder: string, dataFolder: string): Promise<string> {
  const place = path.dirname(dataFolder);
  if (path.dirname(place) === SHARED_FOLDER) await claimPlace(place, await realpath(folder));
  return dataFolder;
}

async function sharedPlace(folder: string): Promise<string> {
  const id = createHash('sha256')
    .update(await realpath(folder))
    .digest('hex')
    .slice(0, 16);
  return path.join(SHARED_FOLDER, id);
}

async function removeForgotten(place: string): Promise<void> {
  const names = (await readdir(place)).filter((name) => name.startsWith(PREFIX));
  const folders = names.map((name) => path.join(place, name));
  const dated = await Promise.all(folders.map(async (folder) => ({ folder, made: (await stat(folder)).birthtimeMs })));
  dated.sort((one, other) => other.made - one.made);
  for (const { folder } of dated.slice(SPARED)) await rm(folder, { recursive: true, force: true });
}

async function isThere(file: string): Promise<boolean> {
  return lstat(file).then(
    () => true,
    () => false,
  );
}
