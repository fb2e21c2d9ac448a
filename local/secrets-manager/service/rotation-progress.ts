import { type OperationCall } from './operation';
import { planAfterFailure, planNext } from './rotation-plan';
import { daysBetween } from './rotation-window';
import { type Rotation, type RotationInFlight, type Secret, type SecretVersion } from './secret';
import { CURRENT, detachLabel, moveLabel, PENDING } from './staging-labels';
import { withVersion } from './store-value';

type Planner = Pick<OperationCall, 'now' | 'random'>;

/** The version that AWSPENDING holds, if that is not the current one: a rotation that is not complete. */
export function pendingToken({ labels }: Secret): string | undefined {
  const pending = labels.get(PENDING);
  return pending === labels.get(CURRENT) ? undefined : pending;
}

/** Begins a rotation: the version exists from now on, holds AWSPENDING and has no value yet. */
export function beginRotation(secret: Secret, { token, now }: { token: string; now: number }): Secret {
  return begin(secret, { version: { id: token, createdAt: now }, testOnly: false, now });
}

/** Begins a test: a version with a copy of the current value, if there is one, holds AWSPENDING for a while. */
export function beginTest(secret: Secret, { token, now }: { token: string; now: number }): Secret {
  const current = secret.versions.get(secret.labels.get(CURRENT) ?? '');
  const version = { id: token, createdAt: now, kmsKeyId: secret.kmsKeyId, value: current?.value };
  return begin(secret, { version, testOnly: true, now });
}

/** Takes up the rotation whose version already holds AWSPENDING, at once and under its own token. */
export function resumeRotation(secret: Secret, { token, now }: { token: string; now: number }): Secret {
  const inFlight = secret.rotation?.inFlight ?? { token, testOnly: false, failures: 0, notBefore: now };
  return withInFlight(secret, { ...inFlight, notBefore: Math.min(inFlight.notBefore, now) });
}

/** All four steps succeeded: the dates move, and AWSPENDING leaves the version that is now current. */
export function rotationSucceeded({ now, random }: Planner, secret: Secret): Secret {
  const isPromoted = secret.labels.get(PENDING) === secret.labels.get(CURRENT);
  const labels = isPromoted ? detachLabel(secret.labels, PENDING) : secret.labels;
  const { rotation } = withInFlight(secret, undefined);
  if (rotation === undefined) return secret;
  const { AutomaticallyAfterDays, ScheduleExpression } = rotation.rules;
  const days = ScheduleExpression === undefined ? AutomaticallyAfterDays : daysBetween(rotation.rules, now);
  const rules = days === undefined ? rotation.rules : { ...rotation.rules, AutomaticallyAfterDays: days };
  return { ...secret, labels, rotation: planNext({ now, random }, { ...rotation, rules, rotatedAt: now }) };
}

/** A test is over, however it went: AWSPENDING is taken off its version. */
export function testEnded(secret: Secret): Secret {
  const { rotation, labels } = secret;
  const next = withInFlight(secret, undefined);
  const isHeld = labels.get(PENDING) === rotation?.inFlight?.token;
  return isHeld ? { ...next, labels: detachLabel(labels, PENDING) } : next;
}

/** A sequence failed: it is tried again, under the same token, after the next of the waits, or given up. */
export function sequenceFailed(
  planner: Planner,
  { secret, waitsMs }: { secret: Secret; waitsMs: readonly number[] },
): Secret {
  const { rotation } = secret;
  if (rotation?.inFlight === undefined) return secret;
  const { failures } = rotation.inFlight;
  const waitMs = waitsMs[failures];
  if (waitMs === undefined)
    return { ...secret, rotation: planAfterFailure(planner, { ...rotation, inFlight: undefined }) };
  return withInFlight(secret, { ...rotation.inFlight, failures: failures + 1, notBefore: planner.now + waitMs });
}

/** Ends what is in flight and leaves the labels as they are. */
export function rotationAbandoned(secret: Secret): Secret {
  return withInFlight(secret, undefined);
}

/** The schedule's moment has come: a new rotation begins, or the incomplete one is taken up again. */
export function scheduledRotation(planner: Planner, { secret, token }: { secret: Secret; token: string }): Secret {
  const pending = pendingToken(secret);
  const { now } = planner;
  const started =
    pending === undefined ? beginRotation(secret, { token, now }) : resumeRotation(secret, { token: pending, now });
  return started.rotation === undefined
    ? started
    : { ...started, rotation: planAfterFailure(planner, started.rotation) };
}

function begin(
  secret: Secret,
  { version, testOnly, now }: { version: SecretVersion; testOnly: boolean; now: number },
): Secret {
  const labels = moveLabel(secret.labels, { label: PENDING, versionId: version.id });
  const next = withVersion({ ...secret, labels }, { version, now });
  return withInFlight(next, { token: version.id, testOnly, failures: 0, notBefore: now });
}

function withInFlight(secret: Secret, inFlight: RotationInFlight | undefined): Secret {
  const { rotation } = secret;
  if (rotation === undefined) return secret;
  const next: Rotation = { ...rotation, inFlight };
  return { ...secret, rotation: next };
}
