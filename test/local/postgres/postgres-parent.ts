import { spawn, type ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import { identifyProcess, scriptArguments } from '../../../local/supervisor';

/** What a parent in a process of its own says of the server it has started. */
export interface PostgresOfParent {
  host: string;
  port: number;
  superuser: { username: string; password: string };
  dataFolder: string;
  pid: number;
}

/** Starts a parent that starts PostgreSQL; the answer is empty when it ends before it has one. */
export function startPostgresParent(options: { home: string; port: number; uid?: number }): {
  parent: ChildProcess;
  answer: Promise<Partial<PostgresOfParent>>;
} {
  const { home, port, uid } = options;
  const script = scriptArguments(path.join(__dirname, 'postgres-script'));
  const parent = spawn(process.execPath, [...script, home, String(port)], {
    cwd: '/',
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: process.env.PATH },
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  const answer = new Promise<Partial<PostgresOfParent>>((resolve) => {
    let printed = '';
    parent.stdout.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
      if (printed.endsWith('\n')) resolve(JSON.parse(printed) as PostgresOfParent);
    });
    parent.once('close', () => {
      resolve({});
    });
  });
  return { parent, answer };
}

/** The living processes whose command line names the folder, or that work in it: a server works in its data folder. */
export function processesOf(folder: string): number[] {
  if (!path.isAbsolute(folder)) throw new Error('every process has something to do with no folder');
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && pid !== process.pid && identifyProcess(pid) !== undefined && isAbout(pid, folder));
}

function isAbout(pid: number, folder: string): boolean {
  try {
    return (
      readlinkSync(`/proc/${pid}/cwd`).startsWith(folder) ||
      readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(folder)
    );
  } catch {
    return false; // it has ended in the meantime
  }
}
