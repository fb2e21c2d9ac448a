import { cpSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { unpackFromDebian } from './debian-archive';
import { runTool, UnavailableError } from './run-tool';
import { cachedFolder } from './server-cache';

const libraries = 'usr/lib/x86_64-linux-gnu';
const server = 'usr/sbin/mysqld';
const kept = [server, 'usr/lib/mysql/plugin', 'usr/share/mysql/english', 'usr/share/mysql/charsets'];

/** A command that starts a MySQL server, to which its options are added. */
export interface MysqlProgram {
  readonly command: string;
  readonly args: readonly string[];
}

/**
 * A MySQL server of Debian's sid suite, run by sid's own loader: neither its version nor its libraries have to suit this
 * machine. The first call downloads 60 MB, later ones find it in the cache.
 *
 * @throws UnavailableError
 */
export function mysqlProgram(): MysqlProgram {
  if (process.platform !== 'linux' || process.arch !== 'x64') throw new UnavailableError('only Linux on x64 is tried');
  return programIn(cachedFolder({ name: 'mysql-debian-sid-x64', fill: fillMysql }));
}

function programIn(root: string): MysqlProgram {
  const inRoot = (place: string): string => path.join(root, place);
  return {
    command: inRoot(`${libraries}/ld-linux-x86-64.so.2`),
    args: [
      '--library-path',
      inRoot(libraries),
      inRoot(server),
      '--no-defaults',
      `--basedir=${inRoot('usr')}`,
      `--lc-messages-dir=${inRoot('usr/share/mysql')}`,
      `--plugin-dir=${inRoot('usr/lib/mysql/plugin')}`,
      '--secure-file-priv=NULL',
    ],
  };
}

function fillMysql(folder: string): void {
  const whole = path.join(folder, 'whole');
  mkdirSync(whole);
  unpackFromDebian({
    suite: 'sid',
    packageName: 'mysql-server-core',
    into: whole,
    isWanted: (name) => !name.includes('perl'),
  });
  for (const place of [...kept, ...librariesOf(whole)]) {
    cpSync(path.join(whole, place), path.join(folder, place), { recursive: true, dereference: true });
  }
  rmSync(whole, { recursive: true, force: true });
  const { command, args } = programIn(folder);
  runTool({ command, args: [...args, '--version'] });
}

/** What the server is linked with, the loader among it: a tenth of what comes with it. */
function librariesOf(root: string): string[] {
  const { command, args } = programIn(root);
  const listed = runTool({ command, args: ['--list', ...args.slice(0, 3)] });
  const names = [...listed.matchAll(/([^/\s]+\.so[^/\s]*) \(0x/g)].map(([, name = '']) => path.join(libraries, name));
  // The plugins are opened later, and some need what the server itself does not.
  return [...new Set([...names, `${libraries}/ld-linux-x86-64.so.2`])].filter((file) =>
    existsSync(path.join(root, file)),
  );
}
