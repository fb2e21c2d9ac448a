import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { unpackFromDebian } from './debian-archive';
import { provide, type Provision } from './describe-on';
import { assertLinuxX64 } from './own-loader';
import { runTool, UnavailableError } from './run-tool';
import { cachedFolder } from './server-cache';

const program = 'usr/lib/chromium/chromium-headless-shell';
const libraries = ['usr/lib/x86_64-linux-gnu', 'usr/lib/x86_64-linux-gnu/pulseaudio'];
/** What no program reads: archives, lists, and texts for people. */
const unread = ['apt', 'usr/share'];

/** A browser without a window, and the variables that it is run with. */
export interface ChromiumProgram {
  readonly executable: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Chromium of this machine's own Debian suite. The first call downloads 160 MB, later ones find it in the cache. */
export const chromiumHere: Provision<ChromiumProgram> = provide(chromiumProgram);

function chromiumProgram(): ChromiumProgram {
  assertLinuxX64();
  const suite = suiteOfThisMachine();
  return programIn(
    cachedFolder({
      name: `chromium-debian-${suite}-x64`,
      fill: (folder) => {
        fill(folder, suite);
      },
    }),
  );
}

/** It starts itself again as other processes, so that it runs by this machine's loader: only its libraries come along. */
function programIn(root: string): ChromiumProgram {
  const env = { LD_LIBRARY_PATH: libraries.map((folder) => path.join(root, folder)).join(':') };
  return { executable: path.join(root, program), env };
}

function fill(folder: string, suite: string): void {
  const packageName = 'chromium-headless-shell';
  unpackFromDebian({ suite, packageName, into: folder, isWanted: (name) => name !== 'libc6' });
  for (const place of unread) rmSync(path.join(folder, place), { recursive: true, force: true });
  const { executable: command, env } = programIn(folder);
  runTool({ command, args: ['--version'], env });
}

function suiteOfThisMachine(): string {
  const [, suite] = /^VERSION_CODENAME=(\S+)$/m.exec(readFileSync('/etc/os-release', 'utf8')) ?? [];
  if (suite === undefined) throw new UnavailableError('this machine does not say which suite of Debian it has');
  return suite;
}
