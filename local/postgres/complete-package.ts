import { access, chmod, constants, readFile, symlink } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from '../supervisor';

interface Link {
  source: string;
  target: string;
}

/**
 * Does what the install script of the platform's package does, where install scripts are off: makes the links among its
 * libraries. Safe to repeat, and a package that is complete is not written to.
 */
export async function completePackage(packageFolder: string): Promise<void> {
  await createLinks(packageFolder);
  await makeExecutable(path.join(packageFolder, 'native', 'bin'));
}

async function createLinks(packageFolder: string): Promise<void> {
  for (const { source, target } of await listLinks(packageFolder)) {
    const file = path.join(packageFolder, target);
    if (await isThere(file)) continue;
    await symlink(path.relative(path.dirname(target), source), file).catch((error: unknown) => {
      if (errorCode(error) !== 'EEXIST') throw error; // another process was faster
    });
  }
}

async function listLinks(packageFolder: string): Promise<Link[]> {
  try {
    return JSON.parse(await readFile(path.join(packageFolder, 'native', 'pg-symlinks.json'), 'utf8')) as Link[];
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return []; // a platform whose libraries need none
    throw error;
  }
}

async function makeExecutable(bin: string): Promise<void> {
  for (const program of ['initdb', 'postgres'].map((name) => path.join(bin, name))) {
    await access(program, constants.X_OK).catch(() => chmod(program, 0o755));
  }
}

async function isThere(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
