import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { type Provision } from '../../support/servers/describe-on';

/** What anybody on the machine may see of a process (Linux): its command line, and what its user may: its environment. */
export async function seenOfProcess(pid: number): Promise<Buffer> {
  return Buffer.concat(await Promise.all(['cmdline', 'environ'].map((name) => readFile(`/proc/${pid}/${name}`))));
}

/** Lets a process leave a core file as large as it likes when it dies, as an operator may. */
export async function allowCore(pid: number): Promise<void> {
  await promisify(execFile)('prlimit', ['--pid', String(pid), '--core=unlimited']);
}

/** Has the core file of a process hold its memory, whatever the process itself has said about that. */
export async function showMemory(pid: number): Promise<void> {
  await writeFile(`/proc/${pid}/coredump_filter`, '0x33', { flag: 'r+' });
}

/** How large a core file of a process may be: soft and hard limit. */
export async function coreLimits(pid: number): Promise<string[]> {
  const limits = await readFile(`/proc/${pid}/limits`, 'utf8');
  return /^Max core file size +(\S+) +(\S+)/m.exec(limits)?.slice(1) ?? [];
}

/** Whether the machine puts core files where the process works, and not into a collection of its own. */
export function coresStayHere(): boolean {
  return readFileSync('/proc/sys/kernel/core_pattern', 'utf8').startsWith('core');
}

/** Whether what core files hold can be searched here. */
export const coresHere: Provision<true> = coresStayHere()
  ? { there: true }
  : { missing: 'the machine sends core files to a collection of its own' };

/** Every byte of every file below a folder, by its path from there. A file that goes away meanwhile is left out. */
export async function readFolder(folder: string): Promise<Record<string, Buffer>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  const contents = await Promise.all(
    files.map(async (file) => {
      const content = await readFile(file).catch(() => undefined);
      return content ? [[path.relative(folder, file), content] as const] : [];
    }),
  );
  return Object.fromEntries(contents.flat());
}
