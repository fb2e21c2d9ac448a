import { type RotationPlan } from '../rotation/rotation-request';
import { type SecretDescription } from '../rotation/secret-store';
import { requestIdFor } from './answered-before';
import { askTemporal, deadlines } from './ask-temporal';
import { TemporalUnavailableError, WaitingForWorkerError } from './errors';
import { refusal, requestRotation, runOfSameToken, type StartingPlace } from './request-rotation';
import { type RotateSecretRequest, type RotationHandle } from './rotate-secret-request';
import { storePlan } from './store-plan';

/** A request whose secret is known, with the plan to store where it brings configuration or rules. */
interface KnownRequest {
  readonly secret: SecretDescription;
  readonly request: RotateSecretRequest;
  readonly plan: RotationPlan | undefined;
}

/**
 * Starts a rotation by a plan, and stores the plan once the rotation is accepted: a request that is refused, even in the
 * last moment, stores nothing. The rotation carries the plan itself, so that it is carried out, and put into a Schedule
 * where the secret has none, also if this process dies in between.
 */
export async function startRotation(place: StartingPlace, known: KnownRequest): Promise<RotationHandle> {
  const { plan, secret } = known;
  const rotation = await accept(place, known).catch(async (err: unknown) => {
    if (plan && err instanceof WaitingForWorkerError) await store(place, { plan, secret });
    throw err;
  });
  if (plan) await store(place, { plan, secret });
  return rotation;
}

async function accept(place: StartingPlace, { secret, request, plan }: KnownRequest): Promise<RotationHandle> {
  const { arn, name } = secret;
  const { clientRequestToken, rotateImmediately } = request;
  const requestId = requestIdFor(secret, clientRequestToken);
  const owner = {
    ...(clientRequestToken === undefined ? {} : { clientRequestToken }),
    ...(plan ? { plan } : {}),
    ...(rotateImmediately === undefined ? {} : { rotateImmediately }),
  };
  try {
    const accepted = await requestRotation(place, { ...owner, arn, name, requestId });
    return { arn, name, ...accepted };
  } catch (err) {
    const runId = runOfSameToken(err, clientRequestToken);
    if (clientRequestToken !== undefined && runId !== undefined) {
      return { arn, name, versionId: clientRequestToken, runId };
    }
    throw refusal(err, arn);
  }
}

async function store(
  place: StartingPlace,
  { plan, secret }: { plan: RotationPlan; secret: SecretDescription },
): Promise<void> {
  try {
    await askTemporal(place.temporal, () => storePlan({ ...place, plan }), deadlines.schedule);
  } catch (err) {
    const why = err instanceof TemporalUnavailableError ? err.message : 'Temporal refuses the Schedule.';
    throw new TemporalUnavailableError(
      `The rotation of ${secret.name} is accepted and goes on, but its configuration and rules may not be stored: ${why} ` +
        'Store them again with `rotor configure`.',
    );
  }
}
