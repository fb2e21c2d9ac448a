import { MalformedSecretError, RotationError } from '../errors';
import { isSameTarget } from '../same-target';
import { type ConnectionSecret } from '../secret-value';
import { acceptAgain, otherCredentials, wasMade } from './accept-again';
import { superuserMissing } from './refusals';
import { type RotationStrategy, type StrategyFacts, type StrategyInput } from './rotation-strategy';
import { trustedSuperuser } from './trusted-superuser';

/** What AWS's rotation functions append to a user's name for its alternate. */
const suffix = '_clone';

/**
 * Two users take turns; the superuser keeps the one that becomes current at parity with the other, at every rotation.
 *
 * The user that was current keeps its password until the rotation after next, so no consumer is ever refused
 * (Secrets Manager user guide, "Alternating users rotation strategy").
 */
export const alternatingUsers: RotationStrategy = {
  name: 'alternating-users',

  pendingUsername: ({ username }) => {
    const alternate = username.endsWith(suffix) ? username.slice(0, -suffix.length) : `${username}${suffix}`;
    if (alternate !== '') return alternate;
    throw new MalformedSecretError(`The user "${username}" has no alternate: without "${suffix}" no name is left.`);
  },

  async prepare(input) {
    await neededSuperuser(input);
  },

  async setPending(input) {
    const { engine, current, pending, stillWanted } = input;
    const superuser = await neededSuperuser(input);
    return engine.matchUser({ superuser, original: current, alternate: pending, stillWanted });
  },

  async pendingCheck({ current, pending, superuser }) {
    const admin = await superuser();
    if (!admin) throw superuserMissing();
    return { credential: pending, parity: { superuser: admin, original: current, alternate: pending } };
  },

  async restoreCurrent(input) {
    if (await input.engine.canSignIn(input.current)) return { changed: await giveBackAlternate(input) };
    // Somebody has stored a new one of this user meanwhile, or has made the user current again that is being changed.
    await acceptAgain(input, otherCredentials(input));
    return { changed: true };
  },
};

/**
 * Gives the alternate user the password back that AWSPREVIOUS holds, for the consumers that still use it. Best effort:
 * AWSCURRENT's credential is what a rotation owes.
 */
async function giveBackAlternate(input: StrategyInput): Promise<boolean> {
  const { engine, current, pending, stillWanted } = input;
  const older = await input.previous();
  if (!older || !isSameTarget(current, older) || older.username !== pending.username) return false;
  try {
    if (!(await engine.canSignIn(pending))) return false;
    const { username, password: newPassword } = older;
    return await wasMade(engine, { signInAs: await neededSuperuser(input), username, newPassword, stillWanted });
  } catch (err) {
    if (err instanceof RotationError && !err.retryable) return false;
    throw err;
  }
}

async function neededSuperuser(input: StrategyFacts): Promise<ConnectionSecret> {
  const admin = await trustedSuperuser(input, input.current);
  if (!admin) throw superuserMissing();
  return admin;
}
