import { CancellationScope, workflowInfo } from '@temporalio/workflow';
import { type RotationPlan } from '../rotation/rotation-request';
import { activities, quickLook } from './rotation-activities';
import { scheduleDefinition } from './schedule-definition';
import { type Timeline } from './timeline';

/** The rotation that the next one is counted from; without a time, the one that AWSCURRENT's version tells of. */
export interface LastRotation {
  readonly secretId: string;
  /** ISO 8601. */
  readonly lastRotation?: string;
}

/** What is known of the Schedule. */
interface KnownSchedule {
  readonly plan: RotationPlan | undefined;
  /** Whether the secret had a Schedule when its rotation was opened; undefined where that is not known. */
  readonly scheduled: boolean | undefined;
  readonly timeline: Timeline;
}

/**
 * Sets the secret's Schedule to the next rotation, and puts one back that was deleted while its plan was being carried
 * out. A lost arming heals at the next rotation, so it fails nothing.
 */
export async function armSchedule(
  last: LastRotation,
  { plan, scheduled, timeline }: KnownSchedule,
): Promise<{ nextRotation?: string }> {
  const definition = plan && scheduleDefinition(plan, workflowInfo().taskQueue);
  const input = { ...last, ...(definition ? { definition } : {}) };
  try {
    return await CancellationScope.nonCancellable(async () => {
      const { nextRotation } = await timeline.run('armNextRotation', () =>
        scheduled === false ? armAtOnce(input) : activities.armNextRotation(input),
      );
      return nextRotation === undefined ? {} : { nextRotation };
    });
  } catch {
    return {};
  }
}

/** Where there was no Schedule, there is most likely none to arm: a quick look tells. */
async function armAtOnce(input: Parameters<typeof activities.armNextRotation>[0]): Promise<{ nextRotation?: string }> {
  try {
    return await quickLook.armNextRotation(input);
  } catch {
    return activities.armNextRotation(input);
  }
}
