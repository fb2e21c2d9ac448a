import { SignInRefusedError } from '../errors';
import { type RotationRequest } from '../rotation-request';
import { isSameTarget } from '../same-target';
import { SecretValue, type ConnectionSecret } from '../secret-value';
import { strategyFor } from '../strategies/registry';
import { readCurrent, readPrevious } from './read-credentials';
import { type StepDeps, type StepOutcome } from './step';

/**
 * Undoes setSecret: makes the database accept AWSCURRENT's credential again, proved by signing in.
 *
 * Safe to repeat, also where setSecret never ran, ran in part, or ran after somebody else moved AWSCURRENT.
 *
 * @throws SignInRefusedError when neither the current nor the pending credential signs in: only a person can help.
 */
export async function restoreCurrent({ store, engineFor }: StepDeps, request: RotationRequest): Promise<StepOutcome> {
  const { secretId, clientRequestToken, configuration } = request;
  const current = (await readCurrent(store, secretId)).value.connection;
  const version = await store.readVersion({ secretId, versionId: clientRequestToken });
  const engine = engineFor(current.engine);

  const pending = version && SecretValue.parse(version.text).connection;
  if (pending && isSameTarget(current, pending)) {
    const previous = (): ReturnType<typeof readPrevious> => readPrevious(store, secretId);
    return strategyFor(configuration).restoreCurrent({ engine, current, pending, previous });
  }

  if (!(await engine.canSignIn(current))) throw refused(current);
  return { changed: false };
}

function refused({ host, username }: ConnectionSecret): SignInRefusedError {
  return new SignInRefusedError(`The server at ${host} refuses the current password of user "${username}".`, {
    host,
    username,
  });
}
