import { ScheduleNotFoundError, ScheduleOverlapPolicy, type Client, type ScheduleOptions } from '@temporalio/client';
import { rotationId } from '../rotation/rotation-id';
import { type RotationPlan } from '../rotation/rotation-request';
import { armedInterval } from '../rotation/schedule/interval';
import { nextRotation } from '../rotation/schedule/next-rotation';
import { tickId, workflowTypes } from '../workflows/names';

/** A secret's Schedule, as an operator wants to see it. */
export interface PlannedRotation {
  readonly plan: RotationPlan | undefined;
  /** ISO 8601. */
  readonly nextRotation: string | undefined;
  readonly paused: boolean;
  readonly note: string | undefined;
}

/** The Schedule of a secret, or undefined where it has none. */
export async function readSchedule(temporal: Client, arn: string): Promise<PlannedRotation | undefined> {
  try {
    const { action, info, state } = await temporal.schedule.getHandle(rotationId(arn)).describe();
    const [plan] = (action.args ?? []) as RotationPlan[];
    const next = info.nextActionTimes[0]?.toISOString();
    return { plan, nextRotation: next, paused: state.paused, note: state.note };
  } catch (err) {
    if (err instanceof ScheduleNotFoundError) return undefined;
    throw err;
  }
}

/**
 * Stores a plan in the secret's Schedule and sets the first rotation by it, counted from now. Safe to repeat. The
 * Schedule's pause and note stay as they are.
 */
export async function storePlan(input: { temporal: Client; taskQueue: string; plan: RotationPlan }): Promise<void> {
  const { temporal, plan } = input;
  const options = scheduleFor(input);
  if (!(await readSchedule(temporal, plan.secretId))) {
    await temporal.schedule.create(options);
    return;
  }
  await temporal.schedule
    .getHandle(options.scheduleId)
    .update(({ state, policies }) => ({ state, policies, spec: options.spec, action: options.action }));
}

function scheduleFor({ taskQueue, plan }: { taskQueue: string; plan: RotationPlan }): ScheduleOptions {
  const { secretId, rotationRules } = plan;
  const next = nextRotation({ arn: secretId, lastRotation: new Date(), rules: rotationRules });
  const { everyMs, offsetMs, startAt } = armedInterval(next, rotationRules);
  return {
    scheduleId: rotationId(secretId),
    spec: { intervals: [{ every: everyMs, offset: offsetMs }], startAt },
    action: {
      type: 'startWorkflow',
      workflowType: workflowTypes.tick,
      workflowId: tickId(secretId),
      taskQueue,
      args: [plan],
    },
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '7 days', pauseOnFailure: false },
  };
}
