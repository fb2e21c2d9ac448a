import { type StartedRotation } from '../rotation-request';
import { assertSameTarget } from '../same-target';
import { readCredentials } from './read-credentials';
import { type StepDeps, type StepOutcome } from './step';
import { chooseStrategy } from './strategy-input';
import { testEndpoints } from './test-endpoints';

/**
 * Signs in as the pending version straight to the server, proves that the password was checked, runs the probes and
 * compares the rights of an alternate user with the original's; then signs in at every further endpoint. Leaves nothing
 * changed.
 *
 * @throws WrongTargetError, RotationSupersededError, SignInRefusedError, CannotVerifyError, PermissionMissingError
 */
export async function testSecret(deps: StepDeps, rotation: StartedRotation): Promise<StepOutcome> {
  const { current, pending, promoted } = await readCredentials(deps.store, rotation);
  if (promoted) return { changed: false };

  const { strategy, input } = chooseStrategy(deps, { request: rotation, current });

  assertSameTarget({ current, pending }, strategy.pendingUsername(current));

  const { probes, endpoints = [] } = rotation.configuration;
  const check = await strategy.pendingCheck({ ...input, pending });
  await input.engine.verifyCredential({ ...check, ...(probes ? { probes } : {}) });
  await testEndpoints(input.engine, { credential: pending, endpoints });
  return { changed: false };
}
