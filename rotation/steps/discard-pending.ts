import { SignInRefusedError } from '../errors';
import { type RotationRequest } from '../rotation-request';
import { type SecretStore } from '../secret-store';
import { holderOf } from '../staging-labels';
import { readCurrent } from './read-credentials';
import { restoreCurrent } from './restore-current';
import { type StepDeps, type StepOutcome } from './step';

/**
 * Undoes createSecret: takes AWSPENDING off the rotation's version, once AWSCURRENT's credential is proved to work; then
 * makes sure that it still does, because an attempt that was given up may have gone on until the label was gone.
 *
 * Safe to repeat, also where createSecret never ran. A version that was promoted is left alone.
 *
 * @throws SignInRefusedError when the current credential is refused: the pending version may hold the only password
 * that works, so it keeps its label.
 */
export async function discardPending(deps: StepDeps, request: RotationRequest): Promise<StepOutcome> {
  const { store } = deps;
  const { secretId, clientRequestToken } = request;
  const pending = await findPending(store, request);
  if (pending === 'none') return { changed: false };

  if (pending === 'labelled') {
    await assertCurrentWorks(deps, request);
    await store.removePending({ secretId, versionId: clientRequestToken });
  }
  await restoreCurrent(deps, request);
  return { changed: pending === 'labelled' };
}

async function assertCurrentWorks({ store, engineFor }: StepDeps, request: RotationRequest): Promise<void> {
  const { secretId, clientRequestToken, configuration } = request;
  const current = (await readCurrent(store, secretId)).value.connection;
  if (await engineFor(current.engine, configuration.tls).canSignIn(current)) return;
  throw new SignInRefusedError(
    `The server at ${current.host} refuses the current password of user "${current.username}", so version ` +
      `${clientRequestToken} keeps AWSPENDING: it may hold the only password that works.`,
    { secretId, clientRequestToken, host: current.host, username: current.username },
  );
}

/** Asks twice, by label and by version: one read alone may be older than the write that it looks for. */
async function findPending(
  store: SecretStore,
  { secretId, clientRequestToken: versionId }: RotationRequest,
): Promise<'none' | 'labelled' | 'unlabelled'> {
  const { labels, deleted } = await store.describe(secretId);
  if (holderOf(labels, 'AWSCURRENT') === versionId) return 'none';
  if (holderOf(labels, 'AWSPENDING') === versionId) return 'labelled';
  if (deleted) return 'none'; // and its versions cannot be read
  const version = await store.readVersion({ secretId, versionId });
  if (!version) return 'none';
  return version.labels.includes('AWSPENDING') ? 'labelled' : 'unlabelled';
}
