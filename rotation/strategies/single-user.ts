import { type DatabaseEngine } from '../database-engine';
import { CannotVerifyError, SignInRefusedError } from '../errors';
import { isSameTarget } from '../same-target';
import { type ConnectionSecret } from '../secret-value';
import { type RotationStrategy, type StrategyInput } from './rotation-strategy';

/**
 * The user changes its own password, signed in as current, or as previous where current is refused.
 *
 * The old password stops working at once: consumers are refused until they read the secret again
 * (Secrets Manager user guide, "Single user rotation strategy").
 */
export const singleUser: RotationStrategy = {
  name: 'single-user',

  pendingUsername: (current) => current.username,

  async prepare({ engine, current, previous }) {
    if (await engine.canSignIn(current)) return;
    const older = await sameUser(current, previous);
    if (!older || !(await engine.canSignIn(older))) throw nobodySignsIn(current);
  },

  async setPending({ engine, current, pending, previous }) {
    if (await engine.canSignIn(pending)) return { changed: false };

    const change = { engine, username: pending.username, newPassword: pending.password };
    if (await changeAs({ ...change, signInAs: current })) return { changed: true };
    const older = await sameUser(current, previous);
    if (older && (await changeAs({ ...change, signInAs: older }))) return { changed: true };
    throw nobodySignsIn(current);
  },

  async restoreCurrent({ engine, current, pending }) {
    if (await isProved(engine, current)) return { changed: false };

    await engine.changePassword({ signInAs: pending, username: current.username, newPassword: current.password });
    if (!(await engine.canSignIn(current))) throw nobodySignsIn(current);
    return { changed: true };
  },
};

/** Whether the server has this very password. One that lets anybody in proves nothing, so it is told the password again. */
async function isProved(engine: DatabaseEngine, credential: ConnectionSecret): Promise<boolean> {
  try {
    await engine.verifyCredential(credential);
    return true;
  } catch (err) {
    if (err instanceof SignInRefusedError || err instanceof CannotVerifyError) return false;
    throw err;
  }
}

type Change = Pick<StrategyInput, 'engine'> & Parameters<StrategyInput['engine']['changePassword']>[0];

/** Whether the change was made; false when the credential to sign in with is refused. */
async function changeAs({ engine, ...change }: Change): Promise<boolean> {
  try {
    await engine.changePassword(change);
    return true;
  } catch (err) {
    if (err instanceof SignInRefusedError) return false;
    throw err;
  }
}

/** AWSPREVIOUS, where it names the same user of the same server. */
async function sameUser(
  current: ConnectionSecret,
  previous: StrategyInput['previous'],
): Promise<ConnectionSecret | undefined> {
  const older = await previous();
  return older && isSameTarget(current, older) && older.username === current.username ? older : undefined;
}

function nobodySignsIn({ host, username }: ConnectionSecret): SignInRefusedError {
  return new SignInRefusedError(
    `The server at ${host} refuses the password of user "${username}" that the secret holds, and no earlier version's ` +
      'is accepted either. Somebody changed it by hand: store the real password in the secret, or set the stored one ' +
      'in the database, and rotate again.',
    { host, username },
  );
}
