import { MalformedSecretError, SignInRefusedError, WrongTargetError } from '../errors';
import { type ConnectionSecret } from '../secret-value';
import { nobodySignsIn, superuserMissing } from './refusals';
import { type RotationStrategy, type StrategyInput } from './rotation-strategy';

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
    await trustedSuperuser(input);
  },

  async setPending(input) {
    const { engine, current, pending } = input;
    const superuser = await trustedSuperuser(input);
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

/**
 * The superuser, once the current credential has proved that whoever wrote the secret may use that user, and the
 * superuser's server is that user's. Else a forged secret could have the superuser hand out another user's rights.
 */
async function trustedSuperuser(input: Omit<StrategyInput, 'pending'>): Promise<ConnectionSecret> {
  const { engine, current, superuser } = input;
  const admin = await superuser();
  if (!admin) throw superuserMissing();
  const own = await inspect(input, { credential: current, refused: nobodySignsIn(current) });
  const admins = await inspect(input, { credential: admin, refused: superuserRefused(admin) });
  if (own.serverId === admins.serverId) return admin;
  throw new WrongTargetError(
    `The superuser's secret names another ${engine.name} server (${admin.host}) than the secret (${current.host}). ` +
      'Nothing was changed. Correct the host in one of them.',
    { host: admin.host },
  );
}

async function inspect(
  { engine }: Pick<StrategyInput, 'engine'>,
  { credential, refused }: { credential: ConnectionSecret; refused: SignInRefusedError },
): ReturnType<StrategyInput['engine']['inspect']> {
  try {
    return await engine.inspect(credential);
  } catch (err) {
    throw err instanceof SignInRefusedError ? refused : err;
  }
}

function superuserRefused({ host, username }: ConnectionSecret): SignInRefusedError {
  return new SignInRefusedError(
    `The server at ${host} refuses the superuser "${username}". Store its real password in the superuser's secret, and ` +
      'rotate again.',
    { host, username },
  );
}
