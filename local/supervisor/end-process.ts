import { isRunning, type ProcessIdentity } from './process-identity';
import { waitUntil } from './wait-until';

/** A process to end, and how it likes to be asked. */
export interface ProcessToEnd extends ProcessIdentity {
  /** The signal that makes it leave in good order. */
  stopSignal: NodeJS.Signals;
}

/** How long a process may take to leave in good order. */
const GRACE_MS = 8_000;
const KILL_LIMIT_MS = 5_000;

/**
 * Ends one process and whatever is left of its process group: first politely, then with SIGKILL.
 *
 * Does nothing when the process is gone, also when its pid has passed to another one.
 */
export async function endProcess(target: ProcessToEnd): Promise<void> {
  if (!isRunning(target)) return;

  signal(target.pid, target.stopSignal);
  await waitUntil(() => !isRunning(target), { limitMs: GRACE_MS });
  killGroup(target.pid);
  await waitUntil(() => !isRunning(target), { limitMs: KILL_LIMIT_MS });
}

/** Kills what is left of the process group that this process leads or has led. */
export function killGroup(leaderPid: number): void {
  signal(-leaderPid, 'SIGKILL');
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // it is gone already, which is what was wanted
  }
}
