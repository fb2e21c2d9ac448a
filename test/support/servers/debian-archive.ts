import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { runTool, UnavailableError } from './run-tool';

const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** Packages of a suite of Debian's, and the folder to put their content into. */
export interface DebianContent {
  readonly suite: string;
  readonly packageName: string;
  readonly into: string;
  /** Which of the packages that it needs to unpack. */
  readonly isWanted: (packageName: string) => boolean;
}

/**
 * Unpacks a package and all that it needs, from the archive that this machine installs from. Nothing is installed, and no
 * root is needed.
 *
 * @throws UnavailableError
 */
export function unpackFromDebian({ suite, packageName, into, isWanted }: DebianContent): void {
  const apt = path.join(into, 'apt');
  const configuration = writeAptRoot(apt, `deb [signed-by=${keyring}] ${archiveOfThisMachine()} ${suite} main\n`);
  const env = { APT_CONFIG: configuration };
  runTool({ command: 'apt-get', args: ['update', '-q'], env });
  runTool({ command: 'apt-get', args: ['install', '--download-only', '-y', '-q', packageName], env });
  const archives = path.join(apt, 'cache', 'archives');
  for (const file of readdirSync(archives).filter((name) => name.endsWith('.deb'))) {
    if (!isWanted(file.split('_', 1)[0] ?? '')) continue;
    runTool({ command: 'dpkg-deb', args: ['-x', path.join(archives, file), into] });
  }
}

function writeAptRoot(apt: string, sources: string): string {
  for (const folder of ['state/lists/partial', 'cache/archives/partial']) {
    mkdirSync(path.join(apt, folder), { recursive: true });
  }
  const file = (name: string, text: string): string => {
    writeFileSync(path.join(apt, name), text);
    return path.join(apt, name);
  };
  return file(
    'apt.conf',
    [
      `Dir::State "${apt}/state";`,
      `Dir::State::status "${file('status', '')}";`,
      `Dir::Cache "${apt}/cache";`,
      `Dir::Etc::sourcelist "${file('sources.list', sources)}";`,
      'Dir::Etc::sourceparts "/dev/null";',
      'APT::Install-Recommends "false";',
      ...(process.getuid?.() === 0 ? ['APT::Sandbox::User "root";'] : []),
    ].join('\n'),
  );
}

/** The first source of Debian's main suite: the machine's own mirror. */
function archiveOfThisMachine(): string {
  if (!existsSync(keyring)) throw new UnavailableError("this machine does not have Debian's keyring");
  const [found] = [...inSourcesFiles(), ...inSourcesList()];
  if (found === undefined) throw new UnavailableError("this machine has no source of Debian's packages");
  return found;
}

function inSourcesFiles(): string[] {
  const folder = '/etc/apt/sources.list.d';
  if (!existsSync(folder)) return [];
  const stanzas = readdirSync(folder)
    .filter((name) => name.endsWith('.sources'))
    .flatMap((name) => readFileSync(path.join(folder, name), 'utf8').split(/\n\s*\n/));
  return stanzas
    .filter((stanza) => stanza.includes(keyring) && !/-security\b/.test(stanza))
    .flatMap((stanza) => {
      const uri = /^URIs:\s*(\S+)/m.exec(stanza)?.[1];
      return uri === undefined ? [] : [uri];
    });
}

function inSourcesList(): string[] {
  const file = '/etc/apt/sources.list';
  if (!existsSync(file)) return [];
  return [...readFileSync(file, 'utf8').matchAll(/^deb\s+(?:\[[^\]]*\]\s+)?(\S+debian\/?)\s+(?!\S*security)/gm)].map(
    ([, uri = '']) => uri,
  );
}
