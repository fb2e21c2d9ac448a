import { type AlternatingUnderTest } from '../../contracts/alternate-users';
import { quoteName, quoteText, type SqlServer } from './sql-server';

/** The schema whose tables are the superuser's. */
const shared = 'rotor_contract';

/** What differs between servers. */
export type EngineParts = Pick<AlternatingUnderTest, 'engine' | 'unusedPort' | 'close'>;

/**
 * A server for the contracts. Rights are given by schema, not to who creates a table: an application that makes tables
 * has a schema of its own for them.
 */
export async function sqlUnderTest(server: SqlServer, parts: EngineParts): Promise<AlternatingUnderTest> {
  await server.sql(`CREATE DATABASE IF NOT EXISTS ${shared}`);
  const account = (username: string): string => `${quoteName(username)}@'%'`;
  const own = new Map<string, string>();
  const schemaOf = (username: string): string => own.get(username.replace(/_clone$/, '')) ?? shared;

  /** The schema of the table that a statement names, or where the user makes new ones. */
  async function schemaFor(username: string, statement: string): Promise<string> {
    const table = /turned_\d+/.exec(statement)?.[0] ?? '';
    const rows = await server.sql(
      `SELECT 1 FROM information_schema.tables WHERE table_schema = '${shared}' AND table_name = '${table}'`,
    );
    return rows.length > 0 ? shared : schemaOf(username);
  }

  const dropUser = async (username: string): Promise<void> => {
    await server.sql(`DROP USER IF EXISTS ${account(username)}`);
  };
  const limit = async (username: string, number: number): Promise<void> => {
    await server.sql(`ALTER USER ${account(username)} WITH MAX_USER_CONNECTIONS ${number}`);
  };
  return {
    ...parts,
    address: { ...server.address, dbname: shared },
    superuser: server.superuser,
    createUser: async (user) => {
      await dropUser(user.username); // of an earlier run, elsewhere
      await server.createUser(user);
      await server.sql(`GRANT EXECUTE ON ${shared}.* TO ${account(user.username)}`); // so that it may name the schema
    },
    dropUser,
    signsIn: (user) => server.signsIn(user),
    blockUser: async (username) => {
      await server.sql(`ALTER USER ${account(username)} ACCOUNT LOCK`);
    },
    createTable: async (table) => {
      await server.sql(`DROP TABLE IF EXISTS ${shared}.${table}`); // of an earlier run, elsewhere
      await server.sql(`CREATE TABLE ${shared}.${table} (n INTEGER)`);
    },
    grantTable: async ({ table, username }) => {
      await server.sql(`GRANT SELECT, INSERT, UPDATE, DELETE ON ${shared}.${table} TO ${account(username)}`);
    },
    countRows: async (table) => {
      const [row] = await server.sql<{ count: number }>(`SELECT count(*) AS count FROM ${shared}.${table}`);
      return row?.count ?? NaN;
    },
    allowTables: async (username) => {
      const schema = `${shared}_${own.size}`;
      own.set(username, schema);
      await server.sql(`DROP DATABASE IF EXISTS ${schema}`); // of an earlier run, elsewhere
      await server.sql(`CREATE DATABASE ${schema}`);
      await server.sql(`GRANT ALL ON ${schema}.* TO ${account(username)}`);
    },
    runAs: async (user, statement) => {
      const dbname = await schemaFor(user.username, statement);
      await server.sql(statement, { ...server.credential(user), dbname });
    },
    customise: ({ username, number }) => limit(username, number),
    customOf: async (username) => {
      const [row] = await server.sql<{ found: number }>(
        `SELECT max_user_connections AS found FROM mysql.user WHERE BINARY User = ${quoteText(username)}`,
      );
      return Number(row?.found) === 0 ? undefined : Number(row?.found);
    },
    plain: (username) => limit(username, 0),
    weakSuperuser: async () => {
      await dropUser('weak');
      const weak = await server.createUser({ username: 'weak', password: 'feeble w0rd' });
      await server.sql(`GRANT CREATE USER ON *.* TO ${account('weak')}`);
      await server.sql(`GRANT SELECT ON mysql.* TO ${account('weak')}`);
      return server.credential(weak);
    },
  };
}
