import { lastLines, waitUntil, type SupervisedProcess } from '../supervisor';
import { StackNotStartedError } from './errors';

/** A process that was started, and how to see that it does its work. */
export interface StartedProcess {
  readonly process: SupervisedProcess;
  readonly logFile: string;
  readonly isReady: () => Promise<boolean>;
}

const limitMs = 60_000;

/**
 * Waits until a started process does its work.
 *
 * @throws StackNotStartedError with the last lines of its log, when it ends first or takes longer than a minute.
 */
export async function untilReady({ process, logFile, isReady }: StartedProcess): Promise<void> {
  const seen = { end: false };
  void process.exited.then(() => (seen.end = true));
  const ready = await waitUntil(async () => seen.end || (await isReady()), { limitMs, everyMs: 50 });
  if (seen.end || !ready) throw new StackNotStartedError(process.name, await lastLines(logFile, 3));
}
