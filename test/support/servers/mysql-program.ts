import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { unpackFromDebian } from './debian-archive';
import { assertLinuxX64, byOwnLoader, type Command, keepOnly } from './own-loader';
import { runTool } from './run-tool';
import { cachedFolder } from './server-cache';

const server = 'usr/sbin/mysqld';
const kept = [server, 'usr/lib/mysql/plugin', 'usr/share/mysql/english', 'usr/share/mysql/charsets'];

/** A command that starts a MySQL server, to which its options are added. */
export type MysqlProgram = Command;

/**
 * A MySQL server of Debian's sid suite, run by sid's own loader: neither its version nor its libraries have to suit this
 * machine. The first call downloads 60 MB, later ones find it in the cache.
 *
 * @throws UnavailableError
 */
export function mysqlProgram(): MysqlProgram {
  assertLinuxX64();
  return programIn(cachedFolder({ name: 'mysql-debian-sid-x64', fill: fillMysql }));
}

function programIn(root: string): MysqlProgram {
  const inRoot = (place: string): string => path.join(root, place);
  const { command, args } = byOwnLoader(root, server);
  const places = [
    `--basedir=${inRoot('usr')}`,
    `--lc-messages-dir=${inRoot('usr/share/mysql')}`,
    `--plugin-dir=${inRoot('usr/lib/mysql/plugin')}`,
  ];
  return { command, args: [...args, '--no-defaults', ...places, '--secure-file-priv=NULL'] };
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
  keepOnly({ from: whole, to: folder, places: kept, program: server });
  rmSync(whole, { recursive: true, force: true });
  const { command, args } = programIn(folder);
  runTool({ command, args: [...args, '--version'] });
}
