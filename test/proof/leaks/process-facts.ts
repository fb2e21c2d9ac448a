import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

/** What anybody on the machine may see of a process (Linux): its command line, and what its user may: its environment. */
export async function seenOfProcess(pid: number): Promise<Buffer> {
  return Buffer.concat(await Promise.all(['cmdline', 'environ'].map((name) => readFile(`/proc/${pid}/${name}`))));
}

/** Lets a process leave a core file as large as it likes when it dies; switched off unless an operator does the same. */
export async function allowCore(pid: number): Promise<void> {
  await promisify(execFile)('prlimit', ['--pid', String(pid), '--core=unlimited']);
}

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
