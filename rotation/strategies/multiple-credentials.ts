import { ConfigurationInvalidError } from '../errors';
import { type ConnectionSecret } from '../secret-value';
import { acceptAgain, endStrays, previousOfUser } from './accept-again';
import { nobodySignsIn } from './refusals';
import { type RotationStrategy, type StrategyInput } from './rotation-strategy';
import { trustedSuperuser } from './trusted-superuser';

/**
 * One user with two passwords: the new one beside the one that AWSCURRENT holds. The older of two goes when a third comes.
 *
 * The old password works until the next rotation, so no consumer is ever refused
 * (Secrets Manager user guide, "Rotate by Lambda function": several credentials for one user).
 */
export const multipleCredentials: RotationStrategy = {
  name: 'multiple-credentials',

  pendingUsername: (current) => current.username,

  async prepare({ engine, current, superuser }) {
    if (!(await engine.canSignIn(current))) throw nobodySignsIn(current);
    const admin = await trustedSuperuser({ engine, superuser }, current);
    const { secondPassword } = await engine.inspect(admin ?? current);
    if (secondPassword) return;
    throw new ConfigurationInvalidError(
      `The server at ${current.host} has no second passwords, which the multiple-credentials strategy needs ` +
        '(MySQL 8.0.14, MariaDB 10.4 or later have). Use alternating-users instead.',
      { host: current.host, engine: engine.name },
    );
  },

  async setPending(input) {
    const { engine, current, pending, stillWanted } = input;
    if ((await engine.canSignIn(pending)) && (await engine.canSignIn(current))) return { changed: false };
    await engine.changePassword({
      signInAs: await signer(input, current),
      username: pending.username,
      newPassword: pending.password,
      alsoKeep: current.password,
      stillWanted,
    });
    return { changed: true };
  },

  async pendingCheck({ engine, current, pending }) {
    if (!(await engine.canSignIn(current))) throw nobodySignsIn(current);
    return { credential: pending };
  },

  async restoreCurrent(input) {
    const { engine, current, pending } = input;
    if (await engine.canSignIn(current)) {
      await endStrays(input);
      if (!(await engine.canSignIn(pending))) return { changed: false };
    }
    await acceptAgain(input, ofUser(input));
    return { changed: true };
  },
};

/** The credentials of the user, any of which the server may accept. */
async function* ofUser(input: StrategyInput): AsyncGenerator<ConnectionSecret, void> {
  yield input.current;
  yield input.pending;
  yield* previousOfUser(input);
}

/** Who makes the change: the superuser, where one is named, else the user itself by a password that works. */
async function signer(input: StrategyInput, working: ConnectionSecret): Promise<ConnectionSecret> {
  return (await trustedSuperuser(input, working)) ?? working;
}
