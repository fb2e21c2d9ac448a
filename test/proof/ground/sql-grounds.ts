import { enginesFor } from '../../../worker/engine-registry';
import { startMariadbServer } from '../../support/mariadb-server';
import { startMysqlServer } from '../../support/mysql-server';
import { type MariadbProgram } from '../../support/servers/mariadb-program';
import { type MysqlProgram } from '../../support/servers/mysql-program';
import { type OwnSqlServer, quoteName, quoteText, type SqlServer } from '../../support/servers/sql-server';
import { type DatabasePlace, type Ground, groundOf, type GroundPlan } from './ground';
import { startSecretPlace } from './secrets-manager-place';

/** The statements that give a user these passwords and no other. */
type PasswordStatements = (account: string, passwords: readonly string[]) => readonly string[];

/** MySQL and a Secrets Manager endpoint. */
export function mysqlGround(program: MysqlProgram): GroundPlan {
  return {
    name: 'MySQL',
    hasSecondPasswords: true,
    isQuick: false,
    start: async () => startOn(await startMysqlServer(program), mysqlPlace),
  };
}

/** MariaDB and a Secrets Manager endpoint. */
export function mariadbGround(program: MariadbProgram): GroundPlan {
  return {
    name: 'MariaDB',
    hasSecondPasswords: true,
    isQuick: false,
    start: async () => startOn(await startMariadbServer(program), mariadbPlace),
  };
}

/** A MySQL that runs. */
export function mysqlPlace(server: SqlServer): DatabasePlace {
  return databasePlace(server, dualPassword);
}

/** A MariaDB that runs. */
export function mariadbPlace(server: SqlServer): DatabasePlace {
  return databasePlace(server, authenticationList);
}

const dualPassword: PasswordStatements = (account, [password = '', second]) => {
  const alter = `ALTER USER ${account}`;
  if (second === undefined) return [`${alter} IDENTIFIED BY ${quoteText(password)}`, `${alter} DISCARD OLD PASSWORD`];
  return [
    `${alter} IDENTIFIED BY ${quoteText(second)}`,
    `${alter} IDENTIFIED BY ${quoteText(password)} RETAIN CURRENT PASSWORD`,
  ];
};

const authenticationList: PasswordStatements = (account, passwords) => {
  const ways = passwords.map((password) => `mysql_native_password USING PASSWORD(${quoteText(password)})`);
  return [`ALTER USER ${account} IDENTIFIED VIA ${ways.join(' OR ')}`];
};

async function startOn(server: OwnSqlServer, place: (server: SqlServer) => DatabasePlace): Promise<Ground> {
  const { secrets, stop } = await startSecretPlace();
  return groundOf(place(server), secrets, async () => {
    await Promise.all([server.stop(), stop()]);
  });
}

function databasePlace(server: SqlServer, statements: PasswordStatements): DatabasePlace {
  return {
    address: server.address,
    superuser: server.superuser,
    hasSecondPasswords: true,
    engineFor: enginesFor,
    createUser: async ({ username, password, mayChangeItself }) => {
      await server.createUser({ username, password });
      // Without it MySQL takes no hash from a user, and MariaDB no second password.
      if (mayChangeItself) await server.sql(`GRANT CREATE USER ON *.* TO ${quoteName(username)}@'%'`);
    },
    setPasswords: async (username, passwords) => {
      for (const text of statements(`${quoteName(username)}@'%'`, passwords)) await server.sql(text);
    },
    signsIn: (user) => server.signsIn(user),
  };
}
