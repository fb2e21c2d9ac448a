import { type Client } from '@temporalio/client';
import { SecretNotFoundError } from '../rotation/errors';
import { type RotationPlan } from '../rotation/rotation-request';
import { armedInterval, type ArmedInterval } from '../rotation/schedule/interval';
import { dueRotation } from '../rotation/schedule/next-rotation';
import { type SecretStore } from '../rotation/secret-store';
import { createSchedule, readPlan, rearm, type ScheduleDefinition } from './rotation-schedule';

/** The rotation that the next one is counted from. */
export interface LastRotation {
  /** The secret's full ARN. */
  readonly secretId: string;
  /** ISO 8601. @defaultValue when AWSCURRENT's version was made */
  readonly lastRotation?: string;
  /** The Schedule to put back where it was deleted while its plan was being carried out. */
  readonly definition?: ScheduleDefinition;
}

/** When the Schedule fires next. */
export interface ArmedRotation {
  /** ISO 8601; absent where the secret has no Schedule. */
  readonly nextRotation?: string;
}

/** A rotation that failed is tried again no sooner than this: it may lock the account that it fails for. */
const afterFailureMs = 3_600_000;

/**
 * Sets the secret's Schedule to its next rotation, by the rules that the Schedule holds now. Safe to repeat: the instant
 * is a pure function of secret, last rotation and rules; one that has passed becomes soon.
 *
 * @throws ScheduleUnavailableError
 */
export async function armNextRotation(
  deps: { store: SecretStore; temporal: Client },
  { secretId, lastRotation, definition }: LastRotation,
): Promise<ArmedRotation> {
  const { temporal } = deps;
  const stored = await readPlan(temporal, secretId);
  const plan = stored ?? definition?.action.args[0];
  if (!plan) return {};

  const interval = lastRotation
    ? intervalAfter(plan, { lastRotation: new Date(lastRotation), now: new Date() })
    : await intervalAfterFailure(deps.store, plan);
  if (stored) await rearm(temporal, secretId, interval);
  else if (definition) await createSchedule(temporal, { secretId, definition, interval });
  return { nextRotation: interval.startAt.toISOString() };
}

function intervalAfter(
  { secretId, rotationRules }: RotationPlan,
  { lastRotation, now }: { lastRotation: Date; now: Date },
): ArmedInterval {
  return armedInterval(dueRotation({ arn: secretId, rules: rotationRules, lastRotation, now }), rotationRules);
}

/** Counted from the last rotation that succeeded, which the failed one has not moved. */
async function intervalAfterFailure(store: SecretStore, plan: RotationPlan): Promise<ArmedInterval> {
  const { secretId } = plan;
  const current = await store.readLabel({ secretId, label: 'AWSCURRENT' });
  if (!current) throw new SecretNotFoundError('The secret has no value any more.', { secretId });
  return intervalAfter(plan, { lastRotation: current.createdAt, now: new Date(Date.now() + afterFailureMs) });
}
