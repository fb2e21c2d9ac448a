import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import {
  isGrpcServiceError,
  ScheduleAlreadyRunning,
  ScheduleNotFoundError,
  type Client,
  type ScheduleDescription,
} from '@temporalio/client';
import {
  encodeScheduleAction,
  encodeSchedulePolicies,
  encodeScheduleSpec,
} from '@temporalio/client/lib/schedule-helpers';
import { rotationId } from '../rotation/rotation-id';
import { type RotationPlan } from '../rotation/rotation-request';
import { armedInterval } from '../rotation/schedule/interval';
import { dueRotation } from '../rotation/schedule/next-rotation';
import { scheduleDefinition, type ScheduleDefinition } from '../workflows/schedule-definition';
import { TemporalUnavailableError } from './errors';

/** What a Schedule shall be, apart from what operators make of it: its pause and note. */
interface WantedSchedule extends ScheduleDefinition {
  readonly plan: RotationPlan;
  readonly spec: { readonly intervals: { every: number; offset: number }[]; readonly startAt: Date };
}

const mostWrites = 10;

/**
 * Stores a plan in the secret's Schedule and sets the first rotation by it, counted from now. Safe to repeat. Pause and
 * note stay as they are, also those that somebody sets at the same moment.
 *
 * @throws TemporalUnavailableError when others change the Schedule again and again meanwhile.
 */
export async function storePlan(input: { temporal: Client; taskQueue: string; plan: RotationPlan }): Promise<void> {
  const { temporal, plan } = input;
  const wanted = wantedSchedule(input);
  for (let writes = 0; writes <= mostWrites; writes += 1) {
    const found = await describe(temporal, plan.secretId);
    if (writes > 0 && found && holds(found, wanted)) return;
    await write(temporal, { found, wanted });
  }
  throw new TemporalUnavailableError(
    'The Schedule of the secret is being changed by others again and again; nothing is stored for certain. Ask again.',
  );
}

function wantedSchedule({ plan, taskQueue }: { plan: RotationPlan; taskQueue: string }): WantedSchedule {
  const { secretId, rotationRules } = plan;
  const now = new Date();
  const next = dueRotation({ arn: secretId, lastRotation: now, now, rules: rotationRules });
  const { everyMs, offsetMs, startAt } = armedInterval(next, rotationRules);
  const spec = { intervals: [{ every: everyMs, offset: offsetMs }], startAt };
  return { ...scheduleDefinition(plan, taskQueue), plan, spec };
}

async function describe(temporal: Client, arn: string): Promise<ScheduleDescription | undefined> {
  try {
    return await temporal.schedule.getHandle(rotationId(arn)).describe();
  } catch (err) {
    if (err instanceof ScheduleNotFoundError) return undefined;
    throw err;
  }
}

/** A server may answer that all is well and yet drop a write whose conflict token has grown old, so it is asked. */
function holds({ action, spec }: ScheduleDescription, wanted: WantedSchedule): boolean {
  const plan: unknown = JSON.parse(JSON.stringify(wanted.plan));
  return isDeepStrictEqual(action.args?.[0], plan) && spec.startAt?.getTime() === wanted.spec.startAt.getTime();
}

/** Changes nothing where somebody else was quicker. */
async function write(
  temporal: Client,
  { found, wanted }: { found: ScheduleDescription | undefined; wanted: WantedSchedule },
): Promise<void> {
  try {
    await (found ? replace(temporal, { found, wanted }) : create(temporal, wanted));
  } catch (err) {
    const overtaken = isGrpcServiceError(err) && overtakenCodes.has(err.code);
    if (!overtaken && !(err instanceof ScheduleAlreadyRunning)) throw err;
  }
}

/** gRPC's codes for a conflict token that has grown old, and for a Schedule that was deleted meanwhile. */
const overtakenCodes: ReadonlySet<number> = new Set([9, 5]);

async function create(temporal: Client, { plan, action, policies, spec }: WantedSchedule): Promise<void> {
  await temporal.schedule.create({ action, policies, spec, scheduleId: rotationId(plan.secretId) });
}

/** The raw call: the SDK's own update leaves the conflict token out and could undo a pause. */
async function replace(
  temporal: Client,
  { found, wanted }: { found: ScheduleDescription; wanted: WantedSchedule },
): Promise<void> {
  const { namespace, identity, loadedDataConverter } = temporal.options;
  const { schedule, conflictToken = null } = found.raw;
  const headers = schedule?.action?.startWorkflow?.header?.fields ?? {};
  await temporal.workflowService.updateSchedule({
    namespace,
    identity,
    conflictToken,
    scheduleId: found.scheduleId,
    requestId: randomUUID(),
    schedule: {
      ...schedule,
      action: await encodeScheduleAction(loadedDataConverter, namespace, wanted.action, headers),
      policies: encodeSchedulePolicies(wanted.policies),
      spec: encodeScheduleSpec(wanted.spec),
    },
  });
}
