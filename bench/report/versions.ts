import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

interface Manifest {
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
}

/** Of Rotor, with its commit where it is in a repository, and of the Temporal SDK; both as the working folder has them. */
export function ownVersions(): Record<string, string> {
  const { version, dependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;
  return { Rotor: `${version}${commit()}`, 'Temporal SDK': dependencies['@temporalio/worker'] ?? 'unknown' };
}

function commit(): string {
  try {
    const args = ['rev-parse', '--short', 'HEAD'];
    return ` (${execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()})`;
  } catch {
    return '';
  }
}
