import { type StartedRotation } from '../rotation-request';
import { assertSameTarget } from '../same-target';
import { strategyFor } from '../strategies/registry';
import { readCredentials } from './read-credentials';
import { type StepDeps, type StepOutcome } from './step';

/**
 * Signs in as the pending version and proves that the server checked the password. Changes nothing.
 *
 * @throws WrongTargetError, RotationSupersededError, SignInRefusedError, CannotVerifyError
 */
export async function testSecret({ store, engineFor }: StepDeps, rotation: StartedRotation): Promise<StepOutcome> {
  const { current, pending } = await readCredentials(store, rotation);

  assertSameTarget({ current, pending }, strategyFor(rotation.configuration).pendingUsername(current));

  await engineFor(pending.engine).verifyCredential(pending);
  return { changed: false };
}
