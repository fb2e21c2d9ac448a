import { MalformedSecretError } from '../errors';
import { type ConnectionSecret } from '../secret-value';
import { nobodySignsIn, superuserMissing } from './refusals';
import { type RotationStrategy, type StrategyInput } from './rotation-strategy';
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
    const { engine, current, pending } = input;
    const superuser = await neededSuperuser(input);
    return engine.matchUser({ superuser, original: current, alternate: pending });
  },

  async pendingCheck({ current, pending, superuser }) {
    const admin = await superuser();
    if (!admin) throw superuserMissing();
    return { credential: pending, parity: { superuser: admin, original: current, alternate: pending } };
  },

  async restoreCurrent({ engine, current }) {
    // Only the other user was changed, and nobody uses it before the rotation is finished.
    if (!(await engine.canSignIn(current))) throw nobodySignsIn(current);
    return { changed: false };
  },
};

async function neededSuperuser(input: Omit<StrategyInput, 'pending'>): Promise<ConnectionSecret> {
  const admin = await trustedSuperuser(input, input.current);
  if (!admin) throw superuserMissing();
  return admin;
}
