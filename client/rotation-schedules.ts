import { ScheduleNotFoundError, type Client, type ScheduleHandle, type ScheduleSummary } from '@temporalio/client';
import { lastRotationAttribute } from '../rotation/last-rotation-attribute';
import { rotationId } from '../rotation/rotation-id';
import { type RotationPlan } from '../rotation/rotation-request';
import { upcomingRotations } from '../rotation/schedule/next-rotation';
import { ScheduleMissingError } from './errors';

/** A secret's Schedule, as an operator wants to see it. */
export interface PlannedRotation {
  readonly plan: RotationPlan | undefined;
  /** ISO 8601. */
  readonly nextRotation: string | undefined;
  /** The next twelve, if each happens at its instant. ISO 8601. */
  readonly upcoming: readonly string[];
  readonly paused: boolean;
  readonly note: string | undefined;
  /** When the secret was last rotated, where the namespace can keep that. ISO 8601. */
  readonly lastRotation: string | undefined;
}

/** The Schedule of a secret, or undefined where it has none. */
export async function readSchedule(temporal: Client, arn: string): Promise<PlannedRotation | undefined> {
  try {
    const { action, info, state, typedSearchAttributes } = await handleOf(temporal, arn).describe();
    const [plan] = (action.args ?? []) as RotationPlan[];
    const next = info.nextActionTimes[0];
    const upcoming = plan && next ? [next, ...following(plan, next)] : [];
    return {
      plan,
      nextRotation: next?.toISOString(),
      upcoming: upcoming.map((instant) => instant.toISOString()),
      paused: state.paused,
      note: state.note,
      lastRotation: typedSearchAttributes.get(lastRotationAttribute)?.toISOString(),
    };
  } catch (err) {
    if (err instanceof ScheduleNotFoundError) return undefined;
    throw err;
  }
}

function following({ secretId, rotationRules }: RotationPlan, next: Date): Date[] {
  return upcomingRotations({ arn: secretId, rules: rotationRules, lastRotation: next, count: 11 });
}

/**
 * Does something to a secret's Schedule.
 *
 * @throws ScheduleMissingError where the secret has none.
 */
export async function withSchedule<Result>(
  temporal: Client,
  { arn, name }: { arn: string; name: string },
  act: (schedule: ScheduleHandle) => Promise<Result>,
): Promise<Result> {
  try {
    return await act(handleOf(temporal, arn));
  } catch (err) {
    if (!(err instanceof ScheduleNotFoundError)) throw err;
    throw new ScheduleMissingError(`${name} has no schedule. Give it one with \`rotor rotate ${name} --days N\`.`);
  }
}

/** The Schedules of rotations, all or those that meet a condition of the server's, in pages of the server's. */
export function listSchedules(temporal: Client, condition?: string): AsyncIterable<ScheduleSummary> {
  const ours = `ScheduleId STARTS_WITH "${rotationId('')}"`;
  return temporal.schedule.list({ query: condition === undefined ? ours : `${ours} AND ${condition}` });
}

function handleOf(temporal: Client, arn: string): ScheduleHandle {
  return temporal.schedule.getHandle(rotationId(arn));
}
