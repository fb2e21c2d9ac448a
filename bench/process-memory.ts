import { execFileSync } from 'node:child_process';

/** Resident memory in MiB of a process and everything that it started. Shared pages count once for each process. */
export function residentMemory(pid: number): number {
  const rows = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,rss='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((row) => row.trim().split(/\s+/).map(Number) as [number, number, number]);
  const family = new Set([pid]);
  for (const [child, parent] of rows.toSorted(([one], [other]) => one - other)) {
    if (family.has(parent)) family.add(child);
  }
  const kibibytes = rows.reduce((sum, [process, , rss]) => (family.has(process) ? sum + rss : sum), 0);
  return Math.round(kibibytes / 1_024);
}
