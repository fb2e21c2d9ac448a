import { type UserAccount } from '../contracts/database-engine';
import { holdConnection } from '../support/servers/held-connection';
import { nativeHashOf } from '../support/servers/native-hash-of';
import { quoteText } from '../support/servers/sql-server';
import { type Happening, isMysql, type Mend, nothingToMend, type SqlScene } from './sql-scene';

/** Whom something happens to. */
export type Whom = (scene: SqlScene) => UserAccount;

export const theUser: Whom = ({ application: { username, firstPassword } }) => ({ username, password: firstPassword });
export const theSuperuser: Whom = ({ superuser }) => superuser;
/** The alternate, with a password that Rotor never has. */
export const theAlternate: Whom = ({ application }) => ({
  username: `${application.username}_clone`,
  password: 'of the alternate',
});

/** Alters an account, and back. */
export function altered(whom: Whom, { to, back }: { to: string; back: string }): Happening {
  return async (scene) => {
    const alter = async (how: string): Promise<unknown> =>
      scene.server.sql(`ALTER USER \`${whom(scene).username}\` ${how}`);
    await alter(to);
    return () => alter(back);
  };
}

export const locked = (whom: Whom): Happening => altered(whom, { to: 'ACCOUNT LOCK', back: 'ACCOUNT UNLOCK' });

/** The server admits the account by TLS only from now on. */
export const byTlsOnly = (whom: Whom): Happening => altered(whom, { to: 'REQUIRE SSL', back: 'REQUIRE NONE' });

/** Sets another password by hand, and back. */
export function passwordSet(whom: Whom, to = 'by hand'): Happening {
  return async (scene) => {
    await setPassword(scene, { ...whom(scene), password: to });
    return () => setPassword(scene, whom(scene));
  };
}

/** Lets the password expire. */
export function expired(whom: Whom): Happening {
  return async (scene) => {
    await scene.server.sql(`ALTER USER \`${whom(scene).username}\` PASSWORD EXPIRE`);
    return () => setPassword(scene, whom(scene));
  };
}

async function setPassword({ server }: SqlScene, { username, password }: UserAccount): Promise<void> {
  await server.sql(`ALTER USER \`${username}\` IDENTIFIED BY ${quoteText(password)}`);
}

/** Takes a privilege, such as `CREATE USER ON *.*`. */
export function revoked(whom: Whom, privilege: string): Happening {
  return async (scene) => {
    await scene.server.sql(`REVOKE ${privilege} FROM \`${whom(scene).username}\``);
    return nothingToMend;
  };
}

/** Makes an account of the name for other hosts than the test's. */
export function accountElsewhere(whom: Whom): Happening {
  return async (scene) => {
    await scene.server.createUser({ ...whom(scene), password: 'elsewhere' }, { host: '192.0.2.%' });
    return nothingToMend;
  };
}

/** Has each happen after the other. */
export function all(...happenings: readonly Happening[]): Happening {
  return async (scene) => {
    const mends: Mend[] = [];
    for (const happens of happenings) mends.push(await happens(scene));
    return async () => {
      for (const mend of mends.reverse()) await mend();
    };
  };
}

/** Makes the alternate before Rotor does. */
export const alternateMade: Happening = async (scene) => {
  await scene.server.createUser(theAlternate(scene));
  return nothingToMend;
};

/** The password that {@link secondPassword} gives. */
export const older = 'the older one';

/** Gives an account a second password beside its own. */
export function secondPassword(whom: Whom): Happening {
  return async (scene) => {
    const { username, password } = whom(scene);
    const { server } = scene;
    if (isMysql(server)) {
      await setPassword(scene, { username, password: older });
      await server.sql(`ALTER USER \`${username}\` IDENTIFIED BY ${quoteText(password)} RETAIN CURRENT PASSWORD`);
    } else {
      const ways = [password, older].map((text) => `mysql_native_password USING '${nativeHashOf(text)}'`);
      await server.sql(`ALTER USER \`${username}\` IDENTIFIED VIA ${ways.join(' OR ')}`);
    }
    return nothingToMend;
  };
}

/** Leaves an account no connection. */
export function crowdedOut(whom: Whom): Happening {
  return async (scene) => {
    const { server } = scene;
    const user = whom(scene);
    const limit = (number: number): Promise<unknown> =>
      server.sql(`ALTER USER \`${user.username}\` WITH MAX_USER_CONNECTIONS ${number}`);
    await limit(1); // only connections made from here on are counted
    const letGo = await holdConnection(server, { user });
    return async () => {
      await letGo();
      await limit(0);
    };
  };
}

/** Sends wrong passwords, until MySQL blocks the account. */
export function guessed(whom: Whom): Happening {
  return all(
    altered(whom, {
      to: 'FAILED_LOGIN_ATTEMPTS 3 PASSWORD_LOCK_TIME UNBOUNDED',
      back: 'FAILED_LOGIN_ATTEMPTS 0 PASSWORD_LOCK_TIME 0 ACCOUNT UNLOCK',
    }),
    async (scene) => {
      await sendWrong(scene, { ...whom(scene), times: 3 });
      return nothingToMend;
    },
  );
}

/** Signs in by a wrong password, so often. */
export async function sendWrong(
  { server }: SqlScene,
  { username, times }: { username: string; times: number },
): Promise<void> {
  for (let sent = 0; sent < times; sent++) {
    await server.signsIn({ username, password: 'wrong' }).catch(() => undefined); // the last one is told of the block
  }
}
