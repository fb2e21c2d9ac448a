import { type Client } from '@temporalio/client';
import { SecretNotFoundError } from '../rotation/errors';
import { type RotationPlan } from '../rotation/rotation-request';
import { armedInterval, type ArmedInterval } from '../rotation/schedule/interval';
import { dueRotation } from '../rotation/schedule/next-rotation';
import { type RotationRules } from '../rotation/schedule/rotation-rules';
import { isWindowOpen } from '../rotation/schedule/rotation-window';
import { type SecretStore } from '../rotation/secret-store';
import { createSchedule, firesAt, readSchedule, rearm, type ScheduleDefinition } from './rotation-schedule';

/** The rotation that the next one is counted from. */
export interface LastRotation {
  /** The secret's full ARN. */
  readonly secretId: string;
  /** ISO 8601. @defaultValue when AWSCURRENT's version was made */
  readonly lastRotation?: string;
  /** The Schedule to put back where it was deleted while its plan was being carried out. */
  readonly definition?: ScheduleDefinition;
  /** The tick that came while no window was open. @defaultValue none: a rotation has ended */
  readonly missed?: MissedTick;
}

/** What a tick was started for, and by which rules. */
export interface MissedTick {
  /** ISO 8601. */
  readonly firedFor: string;
  readonly rules: RotationRules;
}

/** When the Schedule fires next. */
export interface ArmedRotation {
  /** ISO 8601; absent where the secret has no Schedule. */
  readonly nextRotation?: string;
  /** The tick was triggered by a person, who is not bound to the windows: nothing was armed. */
  readonly byHand?: true;
}

/** A rotation that failed is tried again no sooner than this: it may lock the account that it fails for. */
const afterFailureMs = 3_600_000;

/**
 * Sets the secret's Schedule to its next rotation, by the rules that the Schedule holds now. Safe to repeat: the instant
 * is a pure function of secret, last rotation and rules; one that has passed becomes soon. Where the namespace can tell it,
 * the Schedule also shows when the secret was last rotated.
 *
 * @throws ScheduleUnavailableError
 */
export async function armNextRotation(
  deps: { store: SecretStore; temporal: Client; searchable: boolean },
  { secretId, lastRotation, definition, missed }: LastRotation,
): Promise<ArmedRotation> {
  const { temporal, searchable } = deps;
  if (missed && !(await isScheduled(temporal, secretId, missed))) return { byHand: true };
  const { plan: stored, revision } = await readSchedule(temporal, secretId);
  const plan = stored ?? definition?.action.args[0];
  if (!plan) return {};

  const interval = lastRotation
    ? intervalAfter(plan, { lastRotation: new Date(lastRotation), now: new Date() })
    : await intervalAfterCurrent(deps.store, { plan, notBefore: Date.now() + (missed ? 0 : afterFailureMs) });
  const shown = searchable && lastRotation ? { lastRotation: new Date(lastRotation) } : {};
  const arming = { ...interval, ...shown };
  if (stored && revision) await rearm(temporal, secretId, { revision, arming });
  else if (definition) await createSchedule(temporal, { secretId, definition, arming });
  return { nextRotation: interval.startAt.toISOString() };
}

function intervalAfter(
  { secretId, rotationRules }: RotationPlan,
  { lastRotation, now }: { lastRotation: Date; now: Date },
): ArmedInterval {
  return armedInterval(dueRotation({ arn: secretId, rules: rotationRules, lastRotation, now }), rotationRules);
}

/** Counted from the last rotation that succeeded, which neither a failed nor a missed one has moved. */
async function intervalAfterCurrent(
  store: SecretStore,
  { plan, notBefore }: { plan: RotationPlan; notBefore: number },
): Promise<ArmedInterval> {
  const { secretId } = plan;
  const current = await store.readLabel({ secretId, label: 'AWSCURRENT' });
  if (!current) throw new SecretNotFoundError('The secret has no value any more.', { secretId });
  return intervalAfter(plan, { lastRotation: current.createdAt, now: new Date(notBefore) });
}

/** An instant inside a window was planned; one outside is the Schedule's where its interval has left the windows. */
async function isScheduled(temporal: Client, arn: string, { firedFor, rules }: MissedTick): Promise<boolean> {
  const instant = new Date(firedFor);
  return isWindowOpen({ instant, rules }) || firesAt(temporal, arn, instant);
}
