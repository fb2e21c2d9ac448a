import { readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { unpackFromDebian } from './debian-archive';
import { runTool, UnavailableError } from './run-tool';
import { cachedFolder } from './server-cache';

/** A PgBouncer, and the libraries that it brings because this machine may not have them. */
export interface PgbouncerProgram {
  readonly command: string;
  readonly env: { readonly LD_LIBRARY_PATH: string };
}

/**
 * The PgBouncer of the Debian that this machine runs. It is unpacked, not installed; the first call downloads it, later
 * ones find it in the cache.
 *
 * @throws UnavailableError
 */
export function pgbouncerProgram(): PgbouncerProgram {
  const suite = debianSuite();
  return programIn(
    cachedFolder({
      name: `pgbouncer-${suite}-${process.arch}`,
      fill: (folder) => {
        fill(folder, suite);
      },
    }),
  );
}

/** Most of its libraries are this machine's, so both have to be of one suite. */
function debianSuite(): string {
  if (process.platform !== 'linux') throw new UnavailableError('PgBouncer is taken from Debian, and this is not Linux');
  const release = readFileSync('/etc/os-release', 'utf8');
  const suite = /^ID="?debian"?$/m.test(release) ? /^VERSION_CODENAME=(\w+)$/m.exec(release)?.[1] : undefined;
  if (suite === undefined)
    throw new UnavailableError('PgBouncer is taken from Debian, and this machine runs another system');
  return suite;
}

function fill(folder: string, suite: string): void {
  const isWanted = (name: string): boolean => /^(pgbouncer|libc-ares|libevent)/.test(name); // the rest every Debian has
  unpackFromDebian({ suite, packageName: 'pgbouncer', into: folder, isWanted });
  rmSync(path.join(folder, 'apt'), { recursive: true });
  const { command, env } = programIn(folder);
  runTool({ command, args: ['--version'], env });
}

function programIn(root: string): PgbouncerProgram {
  const folder = path.join(root, 'usr/lib');
  const libraries = readdirSync(folder)
    .filter((name) => name.endsWith('-linux-gnu'))
    .map((name) => path.join(folder, name));
  return { command: path.join(root, 'usr/sbin/pgbouncer'), env: { LD_LIBRARY_PATH: libraries.join(':') } };
}
