import { RotationError, RotationSupersededError } from '../errors';
import { type StartedRotation } from '../rotation-request';
import { type SecretStore } from '../secret-store';
import { holderOf } from '../staging-labels';
import { type StepDeps, type StepOutcome } from './step';

/**
 * Moves AWSCURRENT to the version of this rotation, then takes AWSPENDING off it.
 *
 * Safe to repeat: a version that is already current stays so. The move is a compare-and-swap from the version that was
 * current when the rotation began. Taking AWSPENDING off is best effort: both end states are legal. In a secret with
 * replicas it stays, because two label moves in quick succession can stop replication for good.
 *
 * @throws RotationSupersededError when somebody else moved AWSCURRENT or AWSPENDING; no label has moved then.
 */
export async function finishSecret(
  { store }: Pick<StepDeps, 'store'>,
  rotation: StartedRotation,
): Promise<StepOutcome> {
  const { secretId, clientRequestToken, currentVersionId } = rotation;
  const { labels, replicated } = await store.describe(secretId);

  const current = holderOf(labels, 'AWSCURRENT');
  if (current !== clientRequestToken) {
    if (current !== currentVersionId || holderOf(labels, 'AWSPENDING') !== clientRequestToken)
      throw superseded(rotation);
    await store.moveCurrent({ secretId, from: currentVersionId, to: clientRequestToken });
  }
  if (!replicated) await removePending(store, rotation);
  return { changed: current !== clientRequestToken };
}

async function removePending(store: SecretStore, { secretId, clientRequestToken }: StartedRotation): Promise<void> {
  try {
    await store.removePending({ secretId, versionId: clientRequestToken });
  } catch (err) {
    if (!(err instanceof RotationError)) throw err;
  }
}

function superseded({ secretId, clientRequestToken }: StartedRotation): RotationSupersededError {
  return new RotationSupersededError(
    'Somebody else moved AWSCURRENT or AWSPENDING during the rotation, so its version is not promoted.',
    { secretId, clientRequestToken },
  );
}
