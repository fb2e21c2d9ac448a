import { spawnSync } from 'node:child_process';

/** Sends a signal to a process and to its children. */
export function signalFamily(pid: number, signal: NodeJS.Signals): void {
  const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' });
  const pairs = stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number));
  process.kill(pid, signal);
  for (const [child = NaN, parent] of pairs) if (parent === pid) process.kill(child, signal);
}
