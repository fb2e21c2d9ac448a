import { chmodSync, cpSync, existsSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { runTool, UnavailableError } from './run-tool';

const libraries = 'usr/lib/x86_64-linux-gnu';
const loader = `${libraries}/ld-linux-x86-64.so.2`;

/** A command, to which further arguments are added. */
export interface Command {
  readonly command: string;
  readonly args: readonly string[];
}

/** A program below an unpacked root, run by the loader and the libraries of that root: this machine's may be too old. */
export function byOwnLoader(root: string, program: string): Command {
  const inRoot = (place: string): string => path.join(root, place);
  return { command: inRoot(loader), args: ['--library-path', inRoot(libraries), inRoot(program)] };
}

/** @throws UnavailableError where programs of Debian's for Linux on x64 do not run. */
export function assertLinuxX64(): void {
  if (process.platform !== 'linux' || process.arch !== 'x64') throw new UnavailableError('only Linux on x64 is tried');
}

/** What to take over from an unpacked root, and the program whose libraries go with it. */
export interface Kept {
  readonly from: string;
  readonly to: string;
  readonly places: readonly string[];
  readonly program: string;
}

/** Copies what is wanted of an unpacked root, with the libraries that a program is linked with: a tenth of the whole. */
export function keepOnly({ from, to, places, program }: Kept): void {
  const { command, args } = byOwnLoader(from, program);
  const listed = runTool({ command, args: ['--list', ...args] });
  const names = [...listed.matchAll(/([^/\s]+\.so[^/\s]*) \(0x/g)].map(([, name = '']) => path.join(libraries, name));
  // Other programs, and plugins that are opened later, need what the program itself does not.
  const files = [...new Set([...names, loader])].filter((file) => existsSync(path.join(from, file)));
  for (const place of [...places, ...files]) {
    cpSync(path.join(from, place), path.join(to, place), { recursive: true, dereference: true });
  }
}

/** Puts a script in a program's place that runs it by its own loader, for those who start it by its name. */
export function wrapByOwnLoader(root: string, program: string): void {
  const place = path.join(root, program);
  const toRoot = path.relative(path.dirname(program), '');
  renameSync(place, `${place}.bin`);
  writeFileSync(
    place,
    `#!/bin/sh
root="$(dirname "$0")/${toRoot}"
exec "$root/${loader}" --library-path "$root/${libraries}" "$0.bin" "$@"
`,
  );
  chmodSync(place, 0o755);
}
