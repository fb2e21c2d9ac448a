import { createPool, type PoolConnection } from 'mysql2/promise';
import { type UserAccount } from '../../contracts/database-engine';
import { type OwnSqlServer, rowsOf } from '../servers/sql-server';
import { type ConnectionPool, type RightsStatements, type RunStatement, type TargetServer } from './target-server';

/** The database of all applications. */
export const shop = 'shop';

const usesPerConnection = 3;

/** What MySQL and MariaDB call the same. What a user makes is its own by rights on a schema, so each has one. */
export const sqlRights: RightsStatements = {
  allowMaking: (username) => [
    `CREATE DATABASE of_${username}`,
    `GRANT SELECT, INSERT, UPDATE, CREATE, ALTER, CREATE ROUTINE ON of_${username}.* TO ${username}`,
  ],
  grant: ({ username, id }) => [
    `CREATE TABLE granted_${id} (id INTEGER AUTO_INCREMENT PRIMARY KEY, n INTEGER)`,
    `GRANT SELECT, INSERT, UPDATE, DELETE ON granted_${id} TO ${username}`,
    `CREATE FUNCTION routine_${id}() RETURNS INTEGER DETERMINISTIC RETURN 1`,
    `GRANT EXECUTE ON FUNCTION routine_${id} TO ${username}`,
    `CREATE DATABASE later_${id}`,
    `GRANT SELECT, INSERT ON later_${id}.* TO ${username}`,
  ],
  makeLater: (id, number) => [`CREATE TABLE later_${id}.table_${number} (n INTEGER)`],
  make: ({ username, id }) => [
    `CREATE TABLE of_${username}.made_${id} (id INTEGER AUTO_INCREMENT PRIMARY KEY, n INTEGER)`,
    `CREATE FUNCTION of_${username}.routine_${id}() RETURNS INTEGER DETERMINISTIC RETURN 1`,
  ],
  useGranted: (id) => [
    `INSERT INTO granted_${id} (n) VALUES (1)`,
    `UPDATE granted_${id} SET n = n + 1`,
    `DELETE FROM granted_${id} WHERE n > 3`,
    `SELECT n FROM granted_${id}`,
    `SELECT routine_${id}()`,
  ],
  useLater: (id, number) => [
    `INSERT INTO later_${id}.table_${number} (n) VALUES (1)`,
    `SELECT n FROM later_${id}.table_${number}`,
  ],
  useMade: ({ username, id }) => [
    `INSERT INTO of_${username}.made_${id} (n) VALUES (1)`,
    `UPDATE of_${username}.made_${id} SET n = n + 1`,
    `SELECT n FROM of_${username}.made_${id}`,
    `ALTER TABLE of_${username}.made_${id} ALTER COLUMN n SET DEFAULT 1`,
    `SELECT of_${username}.routine_${id}()`,
  ],
};

/** What differs between MySQL and MariaDB. */
export interface SqlTargetParts {
  readonly rights: RightsStatements;
  /** What stands after the name of a new user: how its password is told without any log seeing it. */
  readonly identifiedBy: (password: string) => string;
}

/** A MySQL or MariaDB whose users are rotated. */
export class SqlTarget implements TargetServer {
  readonly server: OwnSqlServer;
  readonly #parts: SqlTargetParts;

  private constructor(server: OwnSqlServer, parts: SqlTargetParts) {
    this.server = server;
    this.#parts = parts;
  }

  /** Makes the database of the applications. */
  static async on(server: OwnSqlServer, parts: SqlTargetParts): Promise<SqlTarget> {
    await server.sql(`CREATE DATABASE ${shop}`);
    return new SqlTarget(server, parts);
  }

  get members(): Readonly<Record<string, unknown>> {
    const { engine } = this.server.address;
    return { engine, ...this.address, dbname: shop, ssl: false };
  }

  get address(): { host: string; port: number } {
    const { host, port = 3306 } = this.server.address;
    return { host, port };
  }

  get superuser(): UserAccount {
    const { username, password } = this.server.superuser;
    return { username, password: password.reveal() };
  }

  get rights(): RightsStatements {
    return this.#parts.rights;
  }

  async createApplication({ username, password, table }: UserAccount & { table: string }): Promise<void> {
    for (const text of [
      `CREATE USER ${username} IDENTIFIED ${this.#parts.identifiedBy(password)}`,
      `CREATE TABLE ${shop}.${table} (id INTEGER AUTO_INCREMENT PRIMARY KEY, n INTEGER)`,
      `GRANT SELECT, INSERT ON ${shop}.${table} TO ${username}`,
    ]) {
      await this.server.sql(text);
    }
  }

  async allowOwnPassword(username: string): Promise<void> {
    await this.server.sql(`GRANT CREATE USER ON *.* TO ${username}`); // MariaDB does without
  }

  async setPassword({ username, password }: UserAccount): Promise<void> {
    await this.server.sql(`ALTER USER ${username} IDENTIFIED ${this.#parts.identifiedBy(password)}`);
  }

  block(username: string): string {
    return `ALTER USER ${username} ACCOUNT LOCK`;
  }

  inSession<T>(user: UserAccount, use: (run: RunStatement) => Promise<T>): Promise<T> {
    return this.server.withConnection((connection) => use((text) => rowsOf(connection, text)), {
      ...this.server.credential(user),
      dbname: shop,
    });
  }

  openPool({ username, password }: UserAccount): ConnectionPool {
    const pool = createPool({
      ...this.address,
      user: username,
      password,
      database: shop,
    });
    const uses = new WeakMap<object, number>();
    return {
      run: async (text) => {
        const connection = await pool.getConnection();
        const used = (uses.get(connection.connection) ?? 0) + 1;
        uses.set(connection.connection, used);
        try {
          await connection.query(text);
        } finally {
          giveBack(connection, used);
        }
      },
      end: () => pool.end(),
    };
  }

  signsIn(user: UserAccount): Promise<boolean> {
    return this.server.signsIn(user);
  }

  isRefusal(error: unknown): boolean {
    return error instanceof Error && 'errno' in error && error.errno === 1045;
  }

  stop(): Promise<void> {
    return this.server.stop();
  }
}

/** The pool of mysql2 keeps connections for ever unless they are taken from it. */
function giveBack(connection: PoolConnection, used: number): void {
  if (used >= usesPerConnection) connection.destroy();
  else connection.release();
}
