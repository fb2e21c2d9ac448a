import { setTimeout as pause } from 'node:timers/promises';
import { waitUntil } from '../../../local/supervisor';
import { type Kill } from './kill-schedule';
import { type MortalStack } from './mortal-stack';

/** Longer than any outage holds up all rotations at once. */
const limitMs = 600_000;

/** The kills to carry out, and how far the rotations are. */
export interface KillPlan {
  readonly schedule: readonly Kill[];
  /** How many rotations are over. */
  readonly over: () => number;
  /** Aborts where no more kills are wanted. */
  readonly signal: AbortSignal;
}

/** Kills by the schedule while rotations go on, each as soon as enough of them are over; everything runs again afterwards. */
export async function carryOutKills(
  { mortals }: Pick<MortalStack, 'mortals'>,
  { schedule, over, signal }: KillPlan,
): Promise<void> {
  for (const { victims, afterRotations, pauseMs, downMs } of schedule) {
    if (!(await waitUntil(() => signal.aborted || over() >= afterRotations, { limitMs })))
      throw new Error(`Within ${limitMs} ms no more than ${over()} rotations were over.`);
    await pause(pauseMs);
    if (signal.aborted) return;
    await Promise.all(victims.map((victim) => mortals[victim].kill()));
    await pause(downMs);
    await Promise.all(victims.map((victim) => mortals[victim].restart()));
  }
}
