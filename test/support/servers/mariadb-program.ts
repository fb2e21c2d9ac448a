import { existsSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { runTool, UnavailableError } from './run-tool';
import { cachedFolder } from './server-cache';

const server = '/usr/sbin/mariadbd';
const packages = ['mariadb-server-core', 'mariadb-client-core'];

/** The programs of a MariaDB, and its plugins where they can be had. */
export interface MariadbProgram {
  readonly server: string;
  readonly install: string;
  /** What both are told first. */
  readonly args: readonly string[];
  readonly pluginFolder: string | undefined;
}

/**
 * The MariaDB of this machine, installed from Debian's packages where it is missing and this process is root.
 *
 * @throws UnavailableError
 */
export function mariadbProgram(): MariadbProgram {
  if (!existsSync(server)) installPackages();
  return { server, install: '/usr/bin/mariadb-install-db', args: [], pluginFolder: pluginFolder() };
}

function installPackages(): void {
  if (process.getuid?.() !== 0) throw new UnavailableError('MariaDB is not installed, and only root may install it');
  const options = ['-o', 'DPkg::Lock::Timeout=120', '-y', '-q', '--no-install-recommends'];
  try {
    runTool({ command: 'apt-get', args: ['install', ...options, ...packages] });
  } catch {
    runTool({ command: 'apt-get', args: ['update', '-q'] });
    runTool({ command: 'apt-get', args: ['install', ...options, ...packages] });
  }
}

/** They lie in a package that would also set up a service: it is unpacked, not installed. */
function pluginFolder(): string | undefined {
  try {
    const version = /Ver (\S+)/.exec(runTool({ command: server, args: ['--version'] }))?.[1] ?? '';
    const folder = cachedFolder({ name: `mariadb-plugins-${version}`, fill: fillPlugins });
    return path.join(folder, 'usr/lib/mysql/plugin');
  } catch (error) {
    if (error instanceof UnavailableError) return undefined;
    throw error;
  }
}

function fillPlugins(folder: string): void {
  runTool({ command: 'apt-get', args: ['download', '-q', 'mariadb-server'], cwd: folder });
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.deb'))) {
    runTool({ command: 'dpkg-deb', args: ['-x', file, '.'], cwd: folder });
    rmSync(path.join(folder, file));
  }
}
