import { RotationError, SignInRefusedError } from '../errors';
import { type RotationRequest } from '../rotation-request';
import { isSameTarget } from '../same-target';
import { type SecretStore } from '../secret-store';
import { type ConnectionSecret } from '../secret-value';
import { labelsUnmoved } from './labels-unmoved';
import { readable, readCurrent, type ReadVersion } from './read-credentials';
import { type StepDeps, type StepOutcome } from './step';
import { chooseStrategy } from './strategy-input';

/**
 * Undoes setSecret: makes the database accept AWSCURRENT's credential again, proved by signing in, after ending what
 * attempts that were given up left running. Where somebody else moves AWSCURRENT meanwhile, it begins anew.
 *
 * Safe to repeat, also where setSecret never ran, ran in part, or ran after somebody else moved AWSCURRENT.
 *
 * @throws SignInRefusedError when neither the current nor the pending credential signs in: only a person can help.
 */
export async function restoreCurrent(deps: StepDeps, request: RotationRequest): Promise<StepOutcome> {
  const { store } = deps;
  const found = await readCurrent(store, request.secretId);
  try {
    return await restore(deps, { request, found });
  } catch (err) {
    if (!(await hasMoved(store, { request, found, failure: err }))) throw err;
    return restoreCurrent(deps, request);
  }
}

/**
 * Whether somebody else has moved AWSCURRENT since it was found.
 *
 * @throws the failure that it is asked after, where that cannot be read; but where only the reading may succeed later, the
 * reading's: a failure for good would be told of a version that may not be current any more.
 */
async function hasMoved(
  store: SecretStore,
  { request, found, failure }: { request: RotationRequest; found: ReadVersion; failure: unknown },
): Promise<boolean> {
  try {
    return (await readCurrent(store, request.secretId)).versionId !== found.versionId;
  } catch (err) {
    throw mayPass(err) && !mayPass(failure) ? err : failure;
  }
}

function mayPass(err: unknown): boolean {
  return err instanceof RotationError && err.retryable;
}

async function restore(
  deps: StepDeps,
  { request, found }: { request: RotationRequest; found: ReadVersion },
): Promise<StepOutcome> {
  const { store } = deps;
  const { secretId, clientRequestToken } = request;
  const { versionId, value } = found;
  const current = value.connection;
  const version = await store.readVersion({ secretId, versionId: clientRequestToken });
  const { strategy, input } = chooseStrategy(deps, { request, current });

  const pending = version && readable(version);
  if (pending && isSameTarget(current, pending)) {
    const stillWanted = labelsUnmoved(store, { secretId, current: versionId });
    return strategy.restoreCurrent({ ...input, pending, stillWanted });
  }

  if (!(await input.engine.canSignIn(current))) throw refused(current);
  return { changed: false };
}

function refused({ host, username }: ConnectionSecret): SignInRefusedError {
  return new SignInRefusedError(`The server at ${host} refuses the current password of user "${username}".`, {
    host,
    username,
  });
}
