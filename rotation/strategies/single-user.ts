import { type DatabaseEngine, type PasswordChange } from '../database-engine';
import { CannotVerifyError, SignInRefusedError } from '../errors';
import { isSameTarget } from '../same-target';
import { type ConnectionSecret } from '../secret-value';
import { nobodySignsIn } from './refusals';
import { type RotationStrategy, type StrategyInput } from './rotation-strategy';
import { trustedSuperuser } from './trusted-superuser';

/**
 * One user with one password. The user changes it itself, signed in as current, or as previous where current is refused;
 * or the superuser does, where the configuration names one.
 *
 * The old password stops working at once: consumers are refused until they read the secret again
 * (Secrets Manager user guide, "Single user rotation strategy").
 */
export const singleUser: RotationStrategy = {
  name: 'single-user',

  pendingUsername: (current) => current.username,

  async prepare(input) {
    for await (const signer of signers(input)) {
      if (await input.engine.canSignIn(signer)) return;
    }
    throw nobodySignsIn(input.current);
  },

  async setPending(input) {
    const { engine, current, pending } = input;
    if (await engine.canSignIn(pending)) return { changed: false };

    for await (const signInAs of signers(input)) {
      const change = { signInAs, username: pending.username, newPassword: pending.password };
      if (await wasMade(engine, change)) return { changed: true };
    }
    throw nobodySignsIn(current);
  },

  pendingCheck: ({ pending }) => Promise.resolve({ credential: pending }),

  async restoreCurrent(input) {
    const { engine, current } = input;
    if (await isProved(engine, current)) return { changed: false };

    for await (const signInAs of restorers(input)) {
      const back = { signInAs, username: current.username, newPassword: current.password };
      if ((await wasMade(engine, back)) && (await engine.canSignIn(current))) return { changed: true };
    }
    throw nobodySignsIn(current);
  },
};

/** Whether the server has this very password. One that lets anybody in proves nothing, so it is told the password again. */
async function isProved(engine: DatabaseEngine, credential: ConnectionSecret): Promise<boolean> {
  try {
    await engine.verifyCredential({ credential });
    return true;
  } catch (err) {
    if (err instanceof SignInRefusedError || err instanceof CannotVerifyError) return false;
    throw err;
  }
}

/** Who may make the change, in the order in which they are tried. */
async function* signers(input: Omit<StrategyInput, 'pending'>): AsyncGenerator<ConnectionSecret, void> {
  const admin = await trustedSuperuser(input, input.current);
  if (admin) {
    yield admin;
    return;
  }
  yield input.current;
  yield* sameUser(input);
}

/** Who may take the change back: whoever the server may accept instead of the current credential. */
async function* restorers(input: StrategyInput): AsyncGenerator<ConnectionSecret, void> {
  const admin = await trustedSuperuser(input, input.pending);
  if (admin) yield admin;
  yield input.pending;
  yield* sameUser(input);
}

/** AWSPREVIOUS, where it names the same user of the same server. */
async function* sameUser({
  current,
  previous,
}: Pick<StrategyInput, 'current' | 'previous'>): AsyncGenerator<ConnectionSecret, void> {
  const older = await previous();
  if (older && isSameTarget(current, older) && older.username === current.username) yield older;
}

/** Whether a change was made; false when the credential to sign in with is refused. */
async function wasMade(engine: DatabaseEngine, change: PasswordChange): Promise<boolean> {
  try {
    await engine.changePassword(change);
    return true;
  } catch (err) {
    if (err instanceof SignInRefusedError) return false;
    throw err;
  }
}
