import { SignInRefusedError } from '../errors';
import { type RotationRequest } from '../rotation-request';
import { type SecretStore } from '../secret-store';
import { holderOf } from '../staging-labels';
import { readCurrent } from './read-credentials';
import { type StepDeps, type StepOutcome } from './step';

/**
 * Undoes createSecret: takes AWSPENDING off the rotation's version, once AWSCURRENT's credential is proved to work.
 *
 * Safe to repeat, also where createSecret never ran. A version that was promoted is left alone.
 *
 * @throws SignInRefusedError when the current credential is refused: the pending version may hold the only password
 * that works, so it keeps its label.
 */
export async function discardPending({ store, engineFor }: StepDeps, request: RotationRequest): Promise<StepOutcome> {
  const { secretId, clientRequestToken } = request;
  if (!(await mayBePending(store, request))) return { changed: false };

  const current = (await readCurrent(store, secretId)).value.connection;
  if (!(await engineFor(current.engine, request.configuration.tls).canSignIn(current))) {
    throw new SignInRefusedError(
      `The server at ${current.host} refuses the current password of user "${current.username}", so version ` +
        `${clientRequestToken} keeps AWSPENDING: it may hold the only password that works.`,
      { secretId, clientRequestToken, host: current.host, username: current.username },
    );
  }

  await store.removePending({ secretId, versionId: clientRequestToken });
  return { changed: true };
}

/** Asks twice, by label and by version: one read alone may be older than the write that it looks for. */
async function mayBePending(store: SecretStore, { secretId, clientRequestToken }: RotationRequest): Promise<boolean> {
  const { labels, deleted } = await store.describe(secretId);
  if (holderOf(labels, 'AWSCURRENT') === clientRequestToken) return false;
  if (holderOf(labels, 'AWSPENDING') === clientRequestToken) return true;
  if (deleted) return false; // and its versions cannot be read
  const version = await store.readVersion({ secretId, versionId: clientRequestToken });
  return version?.labels.includes('AWSPENDING') ?? false;
}
