import { randomUUID } from 'node:crypto';
import {
  ScheduleAlreadyRunning,
  ScheduleNotFoundError,
  type Client,
  type ScheduleDescription,
  type ScheduleOptions,
} from '@temporalio/client';
import { encodeUnifiedSearchAttributes } from '@temporalio/common/lib/converter/payload-search-attributes';
import { msToTs } from '@temporalio/common/lib/time';
import { ScheduleUnavailableError } from '../rotation/errors';
import { lastRotationAttribute } from '../rotation/last-rotation-attribute';
import { rotationId } from '../rotation/rotation-id';
import { type RotationPlan } from '../rotation/rotation-request';
import { type ArmedInterval } from '../rotation/schedule/interval';

/** What a secret's Schedule holds: nothing for a secret without one. */
export interface HeldSchedule {
  readonly plan?: RotationPlan;
  /** The first instant to come that it fires at. */
  readonly dueAt?: Date;
  /** What was read, for a change that gives way to another one made since. */
  readonly revision?: ScheduleRevision;
}

/** A state of a Schedule; an operator's change makes another. */
export type ScheduleRevision = Pick<ScheduleDescription['raw'], 'schedule' | 'conflictToken' | 'searchAttributes'>;

/**
 * What a secret's Schedule holds.
 *
 * @throws ScheduleUnavailableError
 */
export async function readSchedule(temporal: Client, arn: string): Promise<HeldSchedule> {
  const schedule = await describe(temporal, arn);
  const [plan] = (schedule?.action.args ?? []) as RotationPlan[];
  const dueAt = schedule?.info.nextActionTimes.find((instant) => instant.getTime() > Date.now());
  const revision = schedule?.raw;
  return { ...(plan ? { plan } : {}), ...(dueAt ? { dueAt } : {}), ...(revision ? { revision } : {}) };
}

/**
 * Whether an instant is one of those that a secret's Schedule is set to now, which the instant of a trigger by hand is
 * not.
 *
 * @throws ScheduleUnavailableError
 */
export async function firesAt(temporal: Client, arn: string, instant: Date): Promise<boolean> {
  const intervals = (await describe(temporal, arn))?.spec.intervals ?? [];
  return intervals.some(({ every, offset }) => (instant.getTime() - offset) % every === 0);
}

/** A Schedule without the instants that it fires at: the workflow knows its parts, this module only passes them on. */
export interface ScheduleDefinition {
  readonly action: Extract<ScheduleOptions['action'], { type: 'startWorkflow' }> & { readonly args: [RotationPlan] };
  readonly policies: NonNullable<ScheduleOptions['policies']>;
}

/** What arming sets: when the Schedule fires, and what lists tell of it. */
export interface Arming extends ArmedInterval {
  /** Only for a namespace that has the search attribute. @defaultValue left as it is */
  readonly lastRotation?: Date;
}

/**
 * Makes a secret's Schedule. Safe to repeat: one that is there already is left as it is.
 *
 * @throws ScheduleUnavailableError
 */
export async function createSchedule(
  temporal: Client,
  { secretId, definition, arming }: { secretId: string; definition: ScheduleDefinition; arming: Arming },
): Promise<void> {
  const { everyMs, offsetMs, startAt, lastRotation } = arming;
  const spec = { intervals: [{ every: everyMs, offset: offsetMs }], startAt };
  await asking(secretId, async () => {
    try {
      await temporal.schedule.create({
        ...definition,
        scheduleId: rotationId(secretId),
        spec,
        ...(lastRotation ? { typedSearchAttributes: [{ key: lastRotationAttribute, value: lastRotation }] } : {}),
      });
    } catch (err) {
      if (!(err instanceof ScheduleAlreadyRunning)) throw err;
    }
  });
}

/**
 * Sets a Schedule to fire at an instant and then at its interval. Safe to repeat.
 *
 * Changes nothing but the spec and that search attribute: action, policies, pause and note stay, also those that an operator sets at the same moment. The
 * SDK's own update leaves the conflict token out and could undo a pause, so the raw call is made.
 *
 * @throws ScheduleUnavailableError when the Schedule was changed since it was read, or does not show the instant yet; the
 * caller reads it again and tries again.
 */
export async function rearm(
  temporal: Client,
  arn: string,
  {
    revision: { schedule, conflictToken, searchAttributes },
    arming: { everyMs, offsetMs, startAt, lastRotation },
  }: { revision: ScheduleRevision; arming: Arming },
): Promise<void> {
  const target = { namespace: temporal.options.namespace, scheduleId: rotationId(arn) };
  const interval = { interval: msToTs(everyMs), phase: msToTs(offsetMs) };
  await asking(arn, async () => {
    await temporal.workflowService.updateSchedule({
      ...target,
      identity: temporal.options.identity,
      requestId: randomUUID(),
      conflictToken: conflictToken ?? null,
      schedule: { ...schedule, spec: { interval: [interval], startTime: msToTs(startAt.getTime()) } },
      ...(lastRotation
        ? { searchAttributes: { indexedFields: { ...searchAttributes?.indexedFields, ...encoded(lastRotation) } } }
        : {}),
    });
  });
  const next = (await describe(temporal, arn))?.info.nextActionTimes[0];
  if (next?.getTime() !== startAt.getTime()) throw unavailable(arn);
}

function encoded(lastRotation: Date): ReturnType<typeof encodeUnifiedSearchAttributes> {
  return encodeUnifiedSearchAttributes(undefined, [{ key: lastRotationAttribute, value: lastRotation }]);
}

async function describe(temporal: Client, arn: string): Promise<ScheduleDescription | undefined> {
  return asking(arn, async () => {
    try {
      return await temporal.schedule.getHandle(rotationId(arn)).describe();
    } catch (err) {
      if (err instanceof ScheduleNotFoundError) return undefined;
      throw err;
    }
  });
}

async function asking<Answer>(arn: string, ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask();
  } catch {
    throw unavailable(arn);
  }
}

function unavailable(arn: string): ScheduleUnavailableError {
  return new ScheduleUnavailableError(
    "Temporal does not answer about the secret's Schedule, or does not show its new time yet. Trying again.",
    { secretId: arn },
  );
}
