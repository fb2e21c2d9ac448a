import { setTimeout as pause } from 'node:timers/promises';
import { type Kill, type Victim } from './kill-schedule';
import { type MortalStack } from './mortal-stack';

/** The kills to carry out, and what goes on meanwhile. */
export interface KillPlan {
  readonly schedule: readonly Kill[];
  /** How many rotations are under way. */
  readonly underWay: () => number;
  /** Aborts where no more kills are wanted. */
  readonly signal: AbortSignal;
}

/** What a kill has met. */
export interface CarriedOutKill {
  readonly victim: Victim;
  /** Whether there was a process to kill; a worker may have ended by itself, as where Temporal is away. */
  readonly wasAlive: boolean;
  /** How many rotations were under way. */
  readonly underWay: number;
}

/** Kills by the schedule, one after another; everything runs again afterwards. */
export async function carryOutKills(
  { mortals }: Pick<MortalStack, 'mortals'>,
  { schedule, underWay, signal }: KillPlan,
): Promise<CarriedOutKill[]> {
  const carriedOut: CarriedOutKill[] = [];
  for (const { victims, pauseMs, downMs } of schedule) {
    await pause(pauseMs);
    if (signal.aborted) break;
    const met = underWay();
    await Promise.all(
      victims.map(async (victim) => {
        carriedOut.push({ victim, wasAlive: await mortals[victim].kill(), underWay: met });
      }),
    );
    await pause(downMs);
    await Promise.all(victims.map((victim) => mortals[victim].restart()));
  }
  return carriedOut;
}
