import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';

/** One process and no other: the operating system gives its pid to somebody else one day, but not with the same start. */
export interface ProcessIdentity {
  /** The process id. */
  pid: number;
  /** When it started, in a form that is only good for comparing. */
  startTime: string;
}

/** Tells which process has this pid now; undefined when none has, or when it is dead and only waits to be reaped. */
export function identifyProcess(pid: number): ProcessIdentity | undefined {
  const startTime = existsSync('/proc/self/stat') ? startTimeFromProc(pid) : startTimeFromPs(pid);
  return startTime === undefined ? undefined : { pid, startTime };
}

/** The identity of the process that asks. */
export function identifyMyself(): ProcessIdentity {
  return identifyProcess(process.pid) ?? { pid: process.pid, startTime: randomUUID() };
}

/** Whether that very process still runs. */
export function isRunning({ pid, startTime }: ProcessIdentity): boolean {
  return identifyProcess(pid)?.startTime === startTime;
}

function startTimeFromProc(pid: number): string | undefined {
  const stat = readIfThere(`/proc/${pid}/stat`);
  // The second field is the command in parentheses, and may hold spaces and parentheses itself.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, ticksSinceBoot] = [fields?.[0], fields?.[19]];
  if (state === undefined || ticksSinceBoot === undefined || isDead(state)) return undefined;
  return `${readIfThere('/proc/sys/kernel/random/boot_id')?.trim() ?? ''}/${ticksSinceBoot}`;
}

function startTimeFromPs(pid: number): string | undefined {
  try {
    const options = { encoding: 'utf8', env: { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' } } as const;
    const [state = '', ...start] = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], options)
      .trim()
      .split(/\s+/);
    return start.length === 0 || isDead(state) ? undefined : start.join(' ');
  } catch {
    return undefined; // ps fails when there is no such process
  }
}

function isDead(state: string): boolean {
  return state.startsWith('Z') || state.startsWith('X');
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
