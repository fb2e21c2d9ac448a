import { RotationSupersededError, StoreUnavailableError } from '../errors';
import { generatePassword } from '../generate-password';
import { defaultPasswordPolicy } from '../password-policy';
import { type RotationRequest } from '../rotation-request';
import { type SecretDescription, type SecretStore, type SecretVersion } from '../secret-store';
import { SecretValue } from '../secret-value';
import { assertRotatable } from './assert-rotatable';
import { assertStillOurs, readCurrent, type ReadVersion } from './read-credentials';
import { type StepDeps, type StepOutcome } from './step';
import { chooseStrategy } from './strategy-input';

/** What createSecret found and did. */
export interface CreateSecretOutcome extends StepOutcome {
  /** The version that held AWSCURRENT: finishSecret may take the label from this one only. */
  readonly currentVersionId: string;
}

/**
 * Stores a new credential as the version `clientRequestToken` under AWSPENDING.
 *
 * Safe to repeat: a version that already holds a value is left alone, whatever became of the attempt that wrote it.
 * Nothing is stored before the credential that will make the change has signed in.
 *
 * @throws RotationInProgressError, RotationSupersededError, SecretNotRotatableError, MalformedSecretError,
 * SignInRefusedError
 */
export async function createSecret(deps: StepDeps, request: RotationRequest): Promise<CreateSecretOutcome> {
  const { store } = deps;
  const { secretId, clientRequestToken } = request;
  const { labels } = await permitted(store, request);
  const current = await readCurrent(store, secretId);
  const outcome = { currentVersionId: current.versionId };

  const pending = labels[clientRequestToken] && (await store.readVersion({ secretId, versionId: clientRequestToken }));
  if (pending) {
    assertOurs(pending, { request, current });
    return { ...outcome, changed: false };
  }

  const value = await pendingValue(deps, { request, current: current.value });
  await store.putPending({ secretId, clientRequestToken, text: value.text }); // leaves a version that labels did not show yet
  assertOurs(await readBack(store, request), { request, current });
  return { ...outcome, changed: true };
}

async function permitted(store: SecretStore, request: RotationRequest): Promise<SecretDescription> {
  const secret = await store.describe(request.secretId);
  assertRotatable(secret, request.clientRequestToken);
  return secret;
}

async function pendingValue(
  deps: StepDeps,
  { request, current }: { request: RotationRequest; current: SecretValue },
): Promise<SecretValue> {
  const { strategy, input } = chooseStrategy(deps, { request, current: current.connection });
  const username = strategy.pendingUsername(current.connection);
  const changed = username === current.connection.username ? {} : { username };
  const password = generatePassword(defaultPasswordPolicy(request.configuration.passwordPolicy));
  const pending = current.withCredential({ password, ...changed });

  input.engine.validate(pending.connection);
  await strategy.prepare(input);
  return pending;
}

/**
 * Makes sure that the store has the version before a database is told its password. A race with another attempt of
 * this step is lost here without harm: what the store has is what counts.
 */
async function readBack(store: SecretStore, request: RotationRequest): Promise<SecretVersion> {
  const { secretId, clientRequestToken } = request;
  const stored = await store.readVersion({ secretId, versionId: clientRequestToken });
  if (!stored) {
    throw new StoreUnavailableError(
      'The secret store does not show the version that it has just stored. Trying again.',
      {
        secretId,
        versionId: clientRequestToken,
      },
    );
  }
  return stored;
}

/**
 * Refuses a version that an earlier attempt made from a value which is not current any more: to promote it would undo
 * what somebody stored meanwhile.
 */
function assertOurs(
  pending: SecretVersion,
  { request, current }: { request: RotationRequest; current: ReadVersion },
): void {
  assertStillOurs(pending, request);
  if (current.versionId === pending.versionId || current.value.differsInCredentialOnly(SecretValue.parse(pending.text)))
    return;
  throw new RotationSupersededError(
    "Somebody else changed the secret during the rotation: the rotation's version was not made from the value that is " +
      'current now. Rotate again.',
    { secretId: request.secretId, clientRequestToken: request.clientRequestToken },
  );
}
