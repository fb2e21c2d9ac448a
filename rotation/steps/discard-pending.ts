import { SignInRefusedError, StoreAccessDeniedError, StoreRequestRefusedError, StoreUnavailableError } from '../errors';
import { type RotationRequest } from '../rotation-request';
import { type SecretStore } from '../secret-store';
import { holderOf } from '../staging-labels';
import { readCurrent } from './read-credentials';
import { restoreCurrent } from './restore-current';
import { type StepDeps, type StepOutcome } from './step';

/** What discardPending undoes. */
export interface DiscardRequest extends RotationRequest {
  /** Whether an attempt of createSecret may go on, and store the version after it was looked for. @defaultValue false */
  readonly mayStillBeStored?: boolean;
}

/**
 * Undoes createSecret: takes AWSPENDING off the rotation's version, once AWSCURRENT's credential is proved to work; then
 * makes sure that it still does, because an attempt that was given up may have gone on until the label was gone. Where
 * there is no version, but one may come, the token is closed to it.
 *
 * Safe to repeat, also where createSecret never ran. A version that was promoted is left alone.
 *
 * @throws SignInRefusedError when the current credential is refused: the pending version may hold the only password
 * that works, so it keeps its label.
 */
export async function discardPending(deps: StepDeps, request: DiscardRequest): Promise<StepOutcome> {
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
  { secretId, clientRequestToken: versionId, mayStillBeStored = false }: DiscardRequest,
): Promise<'none' | 'labelled' | 'unlabelled'> {
  const { labels, deleted } = await store.describe(secretId);
  if (holderOf(labels, 'AWSCURRENT') === versionId) return 'none';
  if (holderOf(labels, 'AWSPENDING') === versionId) return 'labelled';
  if (deleted) return 'none'; // and its versions cannot be read
  const token = mayStillBeStored ? await closeToken(store, { secretId, clientRequestToken: versionId }) : 'left open';
  if (token === 'closed') return 'none'; // and no password was ever told to the database
  const version = await store.readVersion({ secretId, versionId });
  if (version) return version.labels.includes('AWSPENDING') ? 'labelled' : 'unlabelled';
  if (token === 'left open') return 'none';
  throw new StoreUnavailableError('The secret store does not show a version that it has. Trying again.', {
    secretId,
    versionId,
  });
}

/** A store that refuses to have the token closed refuses the attempt that would be late as well. */
async function closeToken(
  store: SecretStore,
  token: { secretId: string; clientRequestToken: string },
): Promise<'closed' | 'taken' | 'left open'> {
  try {
    return (await store.closeToken(token)) ? 'closed' : 'taken';
  } catch (err) {
    if (err instanceof StoreAccessDeniedError || err instanceof StoreRequestRefusedError) return 'left open';
    throw err;
  }
}
