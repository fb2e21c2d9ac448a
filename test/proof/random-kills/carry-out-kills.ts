import { setTimeout as pause } from 'node:timers/promises';
import { waitUntil } from '../../../local/supervisor';
import { type Kill } from './kill-schedule';
import { type MortalStack } from './mortal-stack';

/** Kills by the schedule while rotations go on, each as soon as enough of them are over; everything runs again afterwards. */
export async function carryOutKills(
  { mortals }: Pick<MortalStack, 'mortals'>,
  { schedule, over, limitMs }: { schedule: readonly Kill[]; over: () => number; limitMs: number },
): Promise<void> {
  for (const { victims, afterRotations, pauseMs, downMs } of schedule) {
    if (!(await waitUntil(() => over() >= afterRotations, { limitMs })))
      throw new Error(`Within ${limitMs} ms no more than ${over()} rotations were over.`);
    await pause(pauseMs);
    await Promise.all(victims.map((victim) => mortals[victim].kill()));
    await pause(downMs);
    await Promise.all(victims.map((victim) => mortals[victim].restart()));
  }
}
