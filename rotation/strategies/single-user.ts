import { SignInRefusedError } from '../errors';
import { type ConnectionSecret } from '../secret-value';
import { acceptAgain, endStrays, isProved, otherCredentials, previousOfUser, wasMade } from './accept-again';
import { nobodySignsIn } from './refusals';
import { type RotationStrategy, type StrategyFacts, type StrategyInput } from './rotation-strategy';
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

  /**
   * Asks the current credential first: in an ordinary rotation no sign-in is refused then, which servers count against the
   * user (MySQL 8.4 reference manual, "Failed-Login Tracking and Temporary Account Locking") and monitors warn of.
   */
  async setPending(input) {
    const { engine, current, pending } = input;
    const isCurrent = await isProved(engine, current);
    if (!isCurrent && (await engine.canSignIn(pending))) return { changed: false };

    const refusal = await makeChange(input, { isRefused: !isCurrent });
    if (refusal && !(await engine.canSignIn(pending))) throw refusal; // else another attempt made the change in between
    return { changed: true };
  },

  pendingCheck: ({ pending }) => Promise.resolve({ credential: pending }),

  async restoreCurrent(input) {
    const { engine, current } = input;
    if (await isProved(engine, current)) {
      await endStrays(input);
      if (await isProved(engine, current)) return { changed: false };
    }
    await acceptAgain(input, otherCredentials(input));
    return { changed: true };
  },
};

/** Makes the change as the first who may and is let in; why nobody was. */
async function makeChange(
  input: StrategyInput,
  which: { readonly isRefused: boolean },
): Promise<SignInRefusedError | undefined> {
  const { engine, current, pending, stillWanted } = input;
  const change = { username: pending.username, newPassword: pending.password, stillWanted };
  try {
    for await (const signInAs of signers(input, which)) {
      if (await wasMade(engine, { ...change, signInAs })) return undefined;
    }
  } catch (err) {
    if (err instanceof SignInRefusedError) return err; // the superuser, or who was to prove that it may be used
    throw err;
  }
  return nobodySignsIn(current);
}

/** Who may make the change, in the order in which they are tried; `isRefused` where the current credential is known to be. */
async function* signers(
  input: StrategyFacts,
  { isRefused = false }: { isRefused?: boolean } = {},
): AsyncGenerator<ConnectionSecret, void> {
  const admin = await trustedSuperuser(input, input.current);
  if (admin) {
    yield admin;
    return;
  }
  if (!isRefused) yield input.current;
  yield* previousOfUser(input);
}
