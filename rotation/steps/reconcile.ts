import { ConfigurationInvalidError, WrongTargetError } from '../errors';
import { type RotationRequest } from '../rotation-request';
import { type ConnectionSecret } from '../secret-value';
import { nobodySignsIn } from '../strategies/refusals';
import { labelsUnmoved } from './labels-unmoved';
import { readCurrent } from './read-credentials';
import { type StepDeps, type StepOutcome } from './step';
import { chooseStrategy } from './strategy-input';

/**
 * Makes the database accept AWSCURRENT's credential by the superuser's word alone, for a user whose password nobody
 * knows any more. An operator asks for it: here no credential of the secret proves that the superuser may be used for
 * that user. Moves no label. Safe to repeat: a credential that signs in already is left alone.
 *
 * @throws ConfigurationInvalidError where no superuser is named, or the user is the superuser itself.
 * @throws WrongTargetError where the superuser's secret names another address.
 * @throws SignInRefusedError when the superuser is refused, or the current credential still is afterwards.
 */
export async function reconcile(
  deps: StepDeps,
  request: Pick<RotationRequest, 'secretId' | 'configuration'>,
): Promise<StepOutcome> {
  const { secretId } = request;
  const { versionId, value } = await readCurrent(deps.store, secretId);
  const current = value.connection;
  const { engine, superuser } = chooseStrategy(deps, { request, current }).input;
  if (await engine.canSignIn(current)) return { changed: false };

  const { username, password: newPassword } = current;
  await engine.changePassword({
    signInAs: usable(await superuser(), current),
    username,
    newPassword,
    stillWanted: labelsUnmoved(deps.store, { secretId, current: versionId }),
  });
  if (await engine.canSignIn(current)) return { changed: true };
  throw nobodySignsIn(current);
}

function usable(superuser: ConnectionSecret | undefined, current: ConnectionSecret): ConnectionSecret {
  if (!superuser) {
    throw new ConfigurationInvalidError(
      'Nothing signs in with this secret, and no superuser is named that could set the password. Name one ' +
        '(superuserSecretId), or set the stored password in the database by hand.',
      { host: current.host, username: current.username },
    );
  }
  if (superuser.username === current.username) {
    throw new ConfigurationInvalidError(
      `The user "${current.username}" is the superuser itself, which cannot set its own lost password.`,
      { host: current.host, username: current.username },
    );
  }
  if (superuser.host === current.host && superuser.port === current.port) return superuser;
  throw new WrongTargetError(
    `The superuser's secret names another server (${superuser.host}) than the secret (${current.host}). Nothing was ` +
      'changed. Use the same host and port in both.',
    { host: current.host },
  );
}
