import { CancellationScope, workflowInfo } from '@temporalio/workflow';
import { type RotationPlan } from '../rotation/rotation-request';
import { activities } from './rotation-activities';
import { scheduleDefinition } from './schedule-definition';
import { type Timeline } from './timeline';

/** The rotation that the next one is counted from; without a time, the one that AWSCURRENT's version tells of. */
export interface LastRotation {
  readonly secretId: string;
  /** ISO 8601. */
  readonly lastRotation?: string;
}

/**
 * Sets the secret's Schedule to the next rotation, and puts one back that was deleted while its plan was being carried
 * out. A lost arming heals at the next rotation, so it fails nothing.
 */
export async function armSchedule(
  last: LastRotation,
  { plan, timeline }: { plan: RotationPlan | undefined; timeline: Timeline },
): Promise<{ nextRotation?: string }> {
  const definition = plan && scheduleDefinition(plan, workflowInfo().taskQueue);
  const input = { ...last, ...(definition ? { definition } : {}) };
  try {
    return await CancellationScope.nonCancellable(async () => {
      const { nextRotation } = await timeline.run('armNextRotation', () => activities.armNextRotation(input));
      return nextRotation === undefined ? {} : { nextRotation };
    });
  } catch {
    return {};
  }
}
