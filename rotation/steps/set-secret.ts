import { type StartedRotation } from '../rotation-request';
import { assertSameTarget } from '../same-target';
import { strategyFor } from '../strategies/registry';
import { readCredentials, readPrevious } from './read-credentials';
import { type StepDeps, type StepOutcome } from './step';

/**
 * Makes the database accept the credential that the pending version holds.
 *
 * Safe to repeat: a pending credential that already signs in is left alone.
 *
 * @throws WrongTargetError, RotationSupersededError, SignInRefusedError and whatever the engine throws.
 */
export async function setSecret({ store, engineFor }: StepDeps, rotation: StartedRotation): Promise<StepOutcome> {
  const { current, pending } = await readCredentials(store, rotation);
  const strategy = strategyFor(rotation.configuration);

  assertSameTarget({ current, pending }, strategy.pendingUsername(current));
  const engine = engineFor(pending.engine);
  engine.validate(pending);

  const previous = (): ReturnType<typeof readPrevious> => readPrevious(store, rotation.secretId);
  return strategy.setPending({ engine, current, pending, previous });
}
