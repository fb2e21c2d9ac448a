import { type Client } from '@temporalio/client';
import { armedInterval, notBefore } from '../rotation/schedule/interval';
import { nextRotation } from '../rotation/schedule/next-rotation';
import { readPlan, rearm } from './rotation-schedule';

/** The rotation that the next one is counted from. */
export interface LastRotation {
  /** The secret's full ARN. */
  readonly secretId: string;
  /** ISO 8601. */
  readonly lastRotation: string;
}

/** When the Schedule fires next. */
export interface ArmedRotation {
  /** ISO 8601; absent where the secret has no Schedule. */
  readonly nextRotation?: string;
}

/**
 * Sets the secret's Schedule to its next rotation, by the rules that the Schedule holds now. Safe to repeat: the instant
 * is a pure function of secret, last rotation and rules.
 *
 * @throws ScheduleUnavailableError
 */
export async function armNextRotation(
  temporal: Client,
  { secretId, lastRotation }: LastRotation,
): Promise<ArmedRotation> {
  const plan = await readPlan(temporal, secretId);
  if (!plan) return {};

  const rules = plan.rotationRules;
  const next = nextRotation({ arn: secretId, lastRotation: new Date(lastRotation), rules });
  const interval = armedInterval(notBefore(next, new Date()), rules);
  await rearm(temporal, secretId, interval);
  return { nextRotation: interval.startAt.toISOString() };
}
