import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** A package of the lock file, and the licences that it names. */
export interface LicensedPackage {
  /** Where it is installed, from the root of the repository. */
  readonly place: string;
  /** SPDX's short names; none where the package does not say. */
  readonly licences: readonly string[];
}

interface LockFile {
  readonly packages: Readonly<Record<string, { readonly license?: string; readonly version?: string }>>;
}

const root = path.join(__dirname, '../..');

/**
 * All packages that the lock file names, for running Rotor and for working on it. What an installed package says of
 * itself counts; the lock file speaks for those of other platforms.
 */
export function licensedPackages(): LicensedPackage[] {
  const { packages } = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8')) as LockFile;
  return Object.entries(packages)
    .filter(([place]) => place !== '')
    .map(([place, { license }]) => ({ place, licences: licencesOf(installedLicence(place) ?? license ?? '') }));
}

/** Every licence of an expression: of `A OR B` both, so that nobody has to say which was chosen. */
export function licencesOf(expression: string): string[] {
  return (expression.match(/[\w.+-]+/g) ?? []).filter((word) => !['AND', 'OR', 'WITH'].includes(word));
}

function installedLicence(place: string): string | undefined {
  const file = path.join(root, place, 'package.json');
  if (!existsSync(file)) return undefined;
  return (JSON.parse(readFileSync(file, 'utf8')) as { license?: string }).license;
}
