import { randomUUID } from 'node:crypto';
import { rotationAbandoned, rotationSucceeded, sequenceFailed, testEnded } from '../service/rotation-progress';
import { type RotationInFlight, type Secret } from '../service/secret';
import { CURRENT, PENDING } from '../service/staging-labels';
import { type RotationEventName } from './rotation-events';
import { rotationSteps } from './rotation-function';
import { type RotationRunnerParts } from './rotation-runner-parts';

interface Sequence {
  readonly arn: string;
  readonly stop: AbortSignal;
}

type End = 'done' | 'abandoned' | { readonly failedStep: string };

/**
 * Calls a rotation function for each step of the rotation that is in flight, and keeps how that ended.
 *
 * Before every step the state is looked at again: a rotation that was cancelled, or whose version lost its label, is
 * abandoned. When the process ends, nothing is kept, and the sequence starts over after the next start.
 */
export async function runSequence(parts: RotationRunnerParts, sequence: Sequence): Promise<void> {
  const { store } = parts;
  await store.whenDurable(sequence.arn);
  const inFlight = store.byArn(sequence.arn)?.rotation?.inFlight;
  if (inFlight === undefined) return;
  report(parts, { sequence, inFlight, end: undefined });
  const end = await callSteps(parts, { ...sequence, inFlight });
  if (sequence.stop.aborted) return;
  const secret = store.byArn(sequence.arn);
  if (secret?.rotation?.inFlight?.token === inFlight.token) await store.commit([conclude(parts, { secret, end })]);
  report(parts, { sequence, inFlight, end });
}

async function callSteps(
  { store, invoker, stepTimeoutMs }: RotationRunnerParts,
  { arn, stop, inFlight }: Sequence & { inFlight: RotationInFlight },
): Promise<End> {
  const { token, testOnly } = inFlight;
  const event = { SecretId: arn, ClientRequestToken: token, RotationToken: randomUUID() };
  for (const Step of testOnly ? (['testSecret'] as const) : rotationSteps) {
    const secret = store.byArn(arn);
    if (secret === undefined || !isStillOn(secret, token)) return 'abandoned';
    const functionArn = secret.rotation?.functionArn ?? '';
    try {
      await within({ stop, limitMs: stepTimeoutMs }, (signal) =>
        invoker.invoke(functionArn, { event: { Step, ...event }, signal }),
      );
    } catch {
      return { failedStep: Step };
    }
  }
  return 'done';
}

function isStillOn({ rotation, labels, deletion }: Secret, token: string): boolean {
  if (deletion !== undefined || rotation?.enabled !== true || rotation.inFlight?.token !== token) return false;
  return labels.get(PENDING) === token || labels.get(CURRENT) === token;
}

function conclude(
  { clock, random, retryWaitsMs }: RotationRunnerParts,
  { secret, end }: { secret: Secret; end: End },
): Secret {
  const planner = { now: clock.now(), random };
  if (secret.rotation?.inFlight?.testOnly === true) return testEnded(secret);
  if (end === 'abandoned') return rotationAbandoned(secret);
  if (end === 'done') return rotationSucceeded(planner, secret);
  return sequenceFailed(planner, { secret, waitsMs: retryWaitsMs });
}

function report(
  { events, clock, store }: RotationRunnerParts,
  { sequence, inFlight, end }: { sequence: Sequence; inFlight: RotationInFlight; end: End | undefined },
): void {
  const functionArn = store.byArn(sequence.arn)?.rotation?.functionArn ?? '';
  const name = inFlight.testOnly ? testName(end) : rotationName(end);
  const errorMessage =
    typeof end === 'object'
      ? `The rotation function ${functionArn} failed during the ${end.failedStep} step.`
      : undefined;
  events.note({ name, at: clock.now(), secretId: sequence.arn, clientRequestToken: inFlight.token, errorMessage });
}

function rotationName(end: End | undefined): RotationEventName {
  if (end === undefined) return 'RotationStarted';
  if (typeof end === 'object') return 'RotationFailed';
  return end === 'done' ? 'RotationSucceeded' : 'RotationAbandoned';
}

function testName(end: End | undefined): RotationEventName {
  if (end === undefined) return 'TestRotationStarted';
  return end === 'done' ? 'TestRotationSucceeded' : 'TestRotationFailed';
}

/**
 * Waits for a call until its time is up or all is stopped. A function in this process cannot be interrupted, but it need
 * not be waited for. (AbortSignal.timeout() within any() is lost when garbage is collected, nodejs/node#57736.)
 */
async function within(
  { stop, limitMs }: { stop: AbortSignal; limitMs: number },
  call: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const controller = new AbortController();
  let giveUp = (): void => undefined;
  const givenUp = new Promise<never>((_, reject) => {
    giveUp = () => {
      controller.abort();
      reject(new Error('The rotation function was not waited for.'));
    };
  });
  const timer = setTimeout(giveUp, limitMs);
  stop.addEventListener('abort', giveUp);
  if (stop.aborted) giveUp();
  try {
    await Promise.race([call(controller.signal), givenUp]);
  } finally {
    clearTimeout(timer);
    stop.removeEventListener('abort', giveUp);
  }
}
