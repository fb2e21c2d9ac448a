import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { unpackFromDebian } from './debian-archive';
import { type MariadbProgram } from './mariadb-program';
import { assertLinuxX64, keepOnly, wrapByOwnLoader } from './own-loader';
import { runTool } from './run-tool';
import { cachedFolder } from './server-cache';

const server = 'usr/sbin/mariadbd';
const install = 'usr/bin/mariadb-install-db';
/** What {@link install} calls by name. */
const called = [server, 'usr/bin/my_print_defaults', 'usr/bin/resolveip'];

/**
 * MariaDB 11.8 of Debian's trixie suite, run by its own loader, without plugins. The first call downloads 17 MB, later
 * ones find it in the cache.
 *
 * @throws UnavailableError
 */
export function newerMariadbProgram(): MariadbProgram {
  assertLinuxX64();
  const root = cachedFolder({ name: 'mariadb-debian-trixie-x64', fill: fillMariadb });
  return {
    server: path.join(root, server),
    install: path.join(root, install),
    args: [`--basedir=${path.join(root, 'usr')}`],
    pluginFolder: undefined,
  };
}

function fillMariadb(folder: string): void {
  const whole = path.join(folder, 'whole');
  mkdirSync(whole);
  for (const packageName of ['mariadb-server-core', 'mariadb-client-core']) {
    unpackFromDebian({ suite: 'trixie', packageName, into: whole, isWanted: (name) => !name.includes('perl') });
  }
  keepOnly({ from: whole, to: folder, places: [install, 'usr/share/mariadb', ...called], program: server });
  rmSync(whole, { recursive: true, force: true });
  for (const program of called) wrapByOwnLoader(folder, program);
  runTool({ command: path.join(folder, server), args: ['--no-defaults', '--version'] });
}
