import { readdirSync, readFileSync } from 'node:fs';

/** What a process and everything that it started use. */
export interface ProcessUsage {
  /** User and system time since the start, of children that have ended too. */
  readonly cpuMs: number;
  /** Resident now. Pages that several processes share count once for each. */
  readonly mebibytes: number;
}

interface ProcessRow {
  readonly pid: number;
  readonly parent: number;
  readonly cpuTicks: number;
  readonly pages: number;
}

const tickMs = 10;
const pagesPerMebibyte = 256;

/**
 * What a process and its descendants use, from Linux's account of it: hundredths of a second and pages of 4 KiB.
 *
 * Elsewhere everything is NaN.
 */
export function processUsage(pid: number): ProcessUsage {
  const rows = allProcesses();
  const family = new Set([pid]);
  for (let before = 0; before !== family.size;) {
    before = family.size;
    for (const row of rows) if (family.has(row.parent)) family.add(row.pid);
  }
  const members = rows.filter((row) => family.has(row.pid));
  if (members.length === 0) return { cpuMs: NaN, mebibytes: NaN };
  return {
    cpuMs: members.reduce((sum, { cpuTicks }) => sum + cpuTicks * tickMs, 0),
    mebibytes: Math.round(members.reduce((sum, { pages }) => sum + pages, 0) / pagesPerMebibyte),
  };
}

function allProcesses(): ProcessRow[] {
  try {
    return readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? (readProcess(Number(name)) ?? []) : []));
  } catch {
    return [];
  }
}

function readProcess(pid: number): ProcessRow | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the command in parentheses, and may hold spaces and parentheses itself.
    const fields = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const [own = 0, system = 0, ofChildren = 0, systemOfChildren = 0] = fields.slice(11, 15);
    return {
      pid,
      parent: fields[1] ?? 0,
      cpuTicks: own + system + ofChildren + systemOfChildren,
      pages: fields[21] ?? 0,
    };
  } catch {
    return undefined; // it ended between the two looks
  }
}
