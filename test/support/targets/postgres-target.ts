import { DatabaseError, Pool } from 'pg';
import { scramVerifier } from '../../../adapters/postgres/scram-verifier';
import { Sensitive } from '../../../rotation/sensitive';
import { type UserAccount } from '../../contracts/database-engine';
import { type OwnPostgresServer } from '../postgres-server';
import { type ConnectionPool, type RightsStatements, type RunStatement, type TargetServer } from './target-server';

const usesPerConnection = 3;

/** Routines are everybody's until that is taken away. */
const rights: RightsStatements = {
  allowMaking: (username) => [`GRANT CREATE ON SCHEMA public TO ${username}`],
  grant: ({ username, id }) => [
    `CREATE TABLE granted_${id} (id serial PRIMARY KEY, n integer)`,
    `GRANT SELECT, INSERT, UPDATE, DELETE ON granted_${id} TO ${username}`,
    `GRANT USAGE ON SEQUENCE granted_${id}_id_seq TO ${username}`,
    `CREATE SEQUENCE counter_${id}`,
    `GRANT USAGE ON SEQUENCE counter_${id} TO ${username}`,
    `CREATE FUNCTION routine_${id}() RETURNS integer LANGUAGE sql AS 'SELECT 1'`,
    `REVOKE EXECUTE ON FUNCTION routine_${id}() FROM PUBLIC`,
    `GRANT EXECUTE ON FUNCTION routine_${id}() TO ${username}`,
    `CREATE SCHEMA later_${id}`,
    `GRANT USAGE ON SCHEMA later_${id} TO ${username}`,
    `ALTER DEFAULT PRIVILEGES IN SCHEMA later_${id} GRANT SELECT, INSERT ON TABLES TO ${username}`,
  ],
  makeLater: (id, number) => [`CREATE TABLE later_${id}.table_${number} (n integer)`],
  make: ({ id }) => [
    `CREATE TABLE made_${id} (id serial PRIMARY KEY, n integer)`,
    `CREATE FUNCTION made_routine_${id}() RETURNS integer LANGUAGE sql AS 'SELECT 1'`,
    `REVOKE EXECUTE ON FUNCTION made_routine_${id}() FROM PUBLIC`,
  ],
  useGranted: (id) => [
    `INSERT INTO granted_${id} (n) VALUES (1)`,
    `UPDATE granted_${id} SET n = n + 1`,
    `DELETE FROM granted_${id} WHERE n > 3`,
    `SELECT n FROM granted_${id}`,
    `SELECT nextval('counter_${id}')`,
    `SELECT routine_${id}()`,
  ],
  useLater: (id, number) => [
    `INSERT INTO later_${id}.table_${number} (n) VALUES (1)`,
    `SELECT n FROM later_${id}.table_${number}`,
  ],
  useMade: ({ id }) => [
    `INSERT INTO made_${id} (n) VALUES (1)`,
    `UPDATE made_${id} SET n = n + 1`,
    `SELECT n FROM made_${id}`,
    `ALTER TABLE made_${id} ALTER COLUMN n SET DEFAULT 1`,
    `SELECT made_routine_${id}()`,
  ],
};

/** A PostgreSQL whose users are rotated. */
export class PostgresTarget implements TargetServer {
  readonly rights = rights;
  readonly server: OwnPostgresServer;

  constructor(server: OwnPostgresServer) {
    this.server = server;
  }

  get members(): Readonly<Record<string, unknown>> {
    return { engine: 'postgres', ...this.address, dbname: 'postgres', ssl: false };
  }

  get address(): { host: string; port: number } {
    const { host, port = 5432 } = this.server.address;
    return { host, port };
  }

  get superuser(): UserAccount {
    const { username, password } = this.server.superuser;
    return { username, password: password.reveal() };
  }

  async createApplication({ username, password, table }: UserAccount & { table: string }): Promise<void> {
    for (const text of [
      `CREATE ROLE ${username} LOGIN PASSWORD '${await verifierOf(password)}'`,
      `CREATE TABLE ${table} (id serial PRIMARY KEY, n integer)`,
      `GRANT SELECT, INSERT ON ${table} TO ${username}`,
      `GRANT USAGE ON SEQUENCE ${table}_id_seq TO ${username}`,
    ]) {
      await this.server.sql(text);
    }
  }

  allowOwnPassword(): Promise<void> {
    return Promise.resolve(); // PostgreSQL asks for nothing
  }

  async setPassword({ username, password }: UserAccount): Promise<void> {
    await this.server.sql(`ALTER ROLE ${username} PASSWORD '${await verifierOf(password)}'`);
  }

  block(username: string): string {
    return `ALTER ROLE ${username} NOLOGIN`;
  }

  inSession<T>(user: UserAccount, use: (run: RunStatement) => Promise<T>): Promise<T> {
    return this.server.withClient(
      (client) => use(async (text) => (await client.query<Record<string, unknown>>(text)).rows),
      this.server.credential(user),
    );
  }

  openPool({ username, password }: UserAccount): ConnectionPool {
    const pool = new Pool({
      ...this.address,
      user: username,
      password,
      database: 'postgres',
      maxUses: usesPerConnection,
    });
    pool.on('error', () => undefined);
    return {
      run: async (text) => {
        await pool.query(text);
      },
      end: () => pool.end(),
    };
  }

  signsIn(user: UserAccount): Promise<boolean> {
    return this.server.signsIn(user);
  }

  isRefusal(error: unknown): boolean {
    return error instanceof DatabaseError && error.code === '28P01';
  }

  stop(): Promise<void> {
    return this.server.stop();
  }
}

function verifierOf(password: string): Promise<string> {
  return scramVerifier({ password: new Sensitive(password), iterations: 4096 });
}
