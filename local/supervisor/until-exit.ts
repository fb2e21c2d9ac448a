import { type ProcessExit } from './guardian-protocol';
import { type SupervisedProcess } from './supervised-process';

const FOR_EVER_MS = 2 ** 31 - 1;

/** Waits for the end of a process and keeps the event loop alive meanwhile, which its `exited` alone does not. */
export async function untilExit({ exited }: SupervisedProcess): Promise<ProcessExit> {
  const hold = setInterval(() => undefined, FOR_EVER_MS);
  try {
    return await exited;
  } finally {
    clearInterval(hold);
  }
}
