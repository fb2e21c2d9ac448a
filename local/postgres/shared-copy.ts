import { chmod, cp, lstat, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from '../supervisor';
import { type PostgresBinaries } from './package-binaries';

/** Where root keeps copies that every user may run. */
const SHARED_FOLDER = '/var/cache/rotor';

/**
 * Copies the binaries to where every user can reach them, once per version; only root may. Returns the copy.
 *
 * A copy that exists is complete, because it is made beside its place and then moved into it.
 */
export async function sharedCopy(binaries: PostgresBinaries, into: string = SHARED_FOLDER): Promise<PostgresBinaries> {
  const copy = { ...binaries, folder: path.join(into, `postgres-${binaries.version}`) };
  if (await isFolder(copy.folder)) return copy;

  await mkdir(into, { recursive: true, mode: 0o755 });
  const draft = await mkdtemp(path.join(into, '.postgres-'));
  try {
    await cp(binaries.folder, draft, { recursive: true, verbatimSymlinks: true });
    await openToAll(draft);
    await rename(draft, copy.folder).catch((error: unknown) => {
      if (errorCode(error) !== 'ENOTEMPTY' && errorCode(error) !== 'EEXIST') throw error; // another process was faster
    });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return copy;
}

/** The checkout may have been made under a strict umask, and then only its owner could read the copy. */
async function openToAll(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) await openToAll(file);
    else if (entry.isFile()) await chmod(file, ((await lstat(file)).mode & 0o100) === 0 ? 0o644 : 0o755);
  }
}

async function isFolder(folder: string): Promise<boolean> {
  return lstat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
