import { type StartedRotation } from '../rotation-request';
import { assertSameTarget } from '../same-target';
import { labelsUnmoved } from './labels-unmoved';
import { readCredentials } from './read-credentials';
import { type StepDeps, type StepOutcome } from './step';
import { chooseStrategy } from './strategy-input';

/**
 * Makes the database accept the credential that the pending version holds.
 *
 * Safe to repeat: a pending credential that already signs in is left alone.
 *
 * @throws WrongTargetError, RotationSupersededError, SignInRefusedError and whatever the engine throws.
 */
export async function setSecret(deps: StepDeps, rotation: StartedRotation): Promise<StepOutcome> {
  const { current, pending, promoted } = await readCredentials(deps.store, rotation);
  if (promoted) return { changed: false };

  const { strategy, input } = chooseStrategy(deps, { request: rotation, current });

  assertSameTarget({ current, pending }, strategy.pendingUsername(current));
  input.engine.validate(pending);

  const { secretId, currentVersionId, clientRequestToken } = rotation;
  const stillWanted = labelsUnmoved(deps.store, { secretId, current: currentVersionId, pending: clientRequestToken });
  return strategy.setPending({ ...input, pending, stillWanted });
}
