import { endProcess } from './end-process';
import { recordedGuardian } from './guardian-record';
import { isRunning } from './process-identity';
import { forgetProcess, recordedProcesses } from './process-records';
import { waitUntil } from './wait-until';

/** Longer than a guardian takes to end a handful of servers that do not want to go. */
const GUARDIAN_LIMIT_MS = 60_000;

/**
 * Ends what an earlier parent has left in this folder: waits for its guardian, which is leaving already, and ends the
 * servers of a guardian that was killed.
 *
 * Goes by pid and start time, never by name, so it ends no process but those written down here.
 */
export async function endRemains(folder: string): Promise<void> {
  const guardian = recordedGuardian(folder);
  if (guardian !== undefined && isRunning(guardian)) {
    await waitUntil(() => !isRunning(guardian), { limitMs: GUARDIAN_LIMIT_MS });
    await endProcess({ ...guardian, stopSignal: 'SIGTERM' });
  }
  await endRecordedProcesses(folder);
}

/** Ends the servers written down in this folder; for when their guardian is known to be gone. */
export async function endRecordedProcesses(folder: string): Promise<void> {
  for (const record of recordedProcesses(folder)) {
    await endProcess(record);
    forgetProcess(folder, record.name);
  }
}
