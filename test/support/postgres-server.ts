import { chown, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, DatabaseError, escapeIdentifier, escapeLiteral, type QueryResultRow } from 'pg';
import { PostgresEngine } from '../../adapters/postgres';
import { type PostgresOptions, removePostgres, type RunningPostgres, startPostgres } from '../../local/postgres';
import { type PostgresBinaries } from '../../local/postgres/package-binaries';
import { findFreePort, PortTakenError, startSupervisor, waitUntil } from '../../local/supervisor';
import { type ConnectionSecret } from '../../rotation/secret-value';
import { Sensitive } from '../../rotation/sensitive';
import { type AlternatingUnderTest } from '../contracts/alternate-users';
import { type DatabaseUnderTest, type UserAccount } from '../contracts/database-engine';
import { startPostgresOf } from './servers/postgres-program';
import { signalFamily } from './signal-family';

/** A server that can be asked by SQL, past the engine. */
export class PostgresServer {
  readonly address: Omit<ConnectionSecret, 'username' | 'password'>;

  constructor(readonly superuser: ConnectionSecret) {
    const { engine, host, port, tls } = superuser;
    this.address = { engine, host, ...(port === undefined ? {} : { port }), tls };
  }

  /** What a user of this server signs in with. */
  credential({ username, password }: UserAccount): ConnectionSecret {
    return { ...this.address, username, password: new Sensitive(password) };
  }

  /** Runs a statement as the superuser, or as another, on a connection of its own. */
  async sql<Row extends QueryResultRow>(text: string, as: ConnectionSecret = this.superuser): Promise<Row[]> {
    return this.withClient((client) => client.query<Row>(text).then(({ rows }) => rows), as);
  }

  /** Hands out a connection of its own, of the superuser or of another. */
  async withClient<T>(use: (client: Client) => Promise<T>, as: ConnectionSecret = this.superuser): Promise<T> {
    const client = new Client({
      host: as.host,
      ...(as.port === undefined ? {} : { port: as.port }),
      user: as.username,
      password: as.password.reveal(),
      database: as.dbname ?? 'postgres',
      ssl: as.tls ? { rejectUnauthorized: false } : false,
    });
    client.on('error', () => undefined);
    try {
      await client.connect();
      return await use(client);
    } finally {
      await client.end();
    }
  }

  /** An ordinary user, with what else its statement says: `CREATEROLE`, `NOLOGIN`. */
  async createUser({ username, password }: UserAccount, attributes = ''): Promise<UserAccount> {
    await this.sql(`CREATE USER ${escapeIdentifier(username)} PASSWORD ${escapeLiteral(password)} ${attributes}`);
    return { username, password };
  }

  /** Signs in without the engine. False: the server refused the password. */
  async signsIn(user: UserAccount): Promise<boolean> {
    try {
      await this.sql('SELECT 1', this.credential(user));
      return true;
    } catch (error) {
      if (error instanceof DatabaseError && error.code === '28P01') return false;
      throw error;
    }
  }

  /** Looks until a statement of the superuser's yields a row. */
  async untilFound(text: string, limitMs = 30_000): Promise<void> {
    const found = await waitUntil(async () => (await this.sql(text)).length > 0, { limitMs });
    if (!found) throw new Error(`Within ${limitMs} ms there was nothing to find by: ${text}`);
  }
}

/** What a server of a test's own has beside its address. */
interface ServerControls {
  readonly logFile: string;
  readonly dataFolder: string;
  readonly halt: () => Promise<void>;
  readonly resume: () => Promise<void>;
  readonly stop: () => Promise<void>;
  readonly pid: () => number;
}

/** A server of a test's own, whose files can be changed and read, and which can be halted. */
export class OwnPostgresServer extends PostgresServer {
  readonly #controls: ServerControls;

  constructor(superuser: ConnectionSecret, controls: ServerControls) {
    super(superuser);
    this.#controls = controls;
  }

  /** Where its data is, as `data`, and its log. */
  get folder(): string {
    return path.dirname(this.#controls.logFile);
  }

  /** Ends the server and keeps its data. */
  async halt(): Promise<void> {
    await this.#controls.halt();
  }

  /** Starts the server again where it was. */
  async resume(): Promise<void> {
    await this.#controls.resume();
  }

  /** Stops every process of the server where it stands: it goes on listening, and answers nothing. */
  freeze(): void {
    signalFamily(this.#controls.pid(), 'SIGSTOP');
  }

  /** Lets the processes go on. Safe to repeat. */
  thaw(): void {
    signalFamily(this.#controls.pid(), 'SIGCONT');
  }

  /** All that the server has printed. */
  async log(): Promise<string> {
    return readFile(this.#controls.logFile, 'utf8');
  }

  /** Puts lines in front of the rules by which users are admitted, instead of those of an earlier call. */
  async admit(...lines: string[]): Promise<void> {
    const rest = 'host all all 127.0.0.1/32 scram-sha-256\n';
    await this.writeFile('pg_hba.conf', [...lines, rest].join('\n'));
    await this.reload();
  }

  /** Writes a file into the data folder, readable for the server only. */
  async writeFile(name: string, text: string): Promise<void> {
    const file = path.join(this.#controls.dataFolder, name);
    const { uid, gid } = await stat(this.#controls.dataFolder);
    await writeFile(file, text, { mode: 0o600 });
    await chown(file, uid, gid);
  }

  /** Sets a setting for all sessions to come. */
  async set(name: string, value: string): Promise<void> {
    await this.sql(`ALTER SYSTEM SET ${name} = ${escapeLiteral(value)}`);
    await this.reload();
  }

  /** Makes the server read its files, and waits until new sessions live by them. */
  async reload(): Promise<void> {
    const loaded = 'SELECT pg_conf_load_time()::text AS at';
    const [before] = await this.sql<{ at: string }>(loaded);
    await this.sql('SELECT pg_reload_conf()');
    await this.untilFound(`SELECT 1 WHERE pg_conf_load_time()::text <> ${escapeLiteral(before?.at ?? '')}`);
  }

  async stop(): Promise<void> {
    await this.#controls.stop();
  }
}

/**
 * Starts a PostgreSQL with the data of a new one, on the product's own programs unless others are given. `parameters` are
 * as in `postgresql.conf`.
 */
export async function startPostgresServer(
  parameters: Readonly<Record<string, string>> = {},
  binaries?: PostgresBinaries,
): Promise<OwnPostgresServer> {
  const start: typeof startPostgres = (by) => (binaries ? startPostgresOf(binaries, by) : startPostgres(by));
  const home = await mkdtemp(path.join(tmpdir(), 'rotor-postgres-'));
  const supervisor = await startSupervisor({ folder: path.join(home, 'supervisor') });
  const stop = async (): Promise<void> => {
    await supervisor.close();
    await removePostgres(home);
    await rm(home, { recursive: true, force: true });
  };
  try {
    const options = { supervisor, home, parameters: { fsync: 'off', ...parameters } };
    let running = await startOnFreePort(start, options);
    const { host, port, superuser, logFile, dataFolder } = running;
    const secret = {
      engine: 'postgres',
      host,
      port,
      ...superuser,
      password: new Sensitive(superuser.password),
      tls: false,
    };
    return new OwnPostgresServer(secret, {
      logFile,
      dataFolder,
      halt: () => running.process.stop(),
      resume: async () => {
        running = await start({ ...options, port });
      },
      stop,
      pid: () => running.process.pid,
    });
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Other suites look for ports at the same time, so that one that was free may be taken. */
async function startOnFreePort(
  start: typeof startPostgres,
  options: Omit<PostgresOptions, 'port'>,
  attempts = 3,
): Promise<RunningPostgres> {
  try {
    return await start({ ...options, port: await findFreePort() });
  } catch (error) {
    const isPortTaken = error instanceof PortTakenError || /Address already in use/i.test(String(error));
    if (!isPortTaken || attempts === 1) throw error;
    return startOnFreePort(start, options, attempts - 1);
  }
}

/** A PostgreSQL for the contract of database engines. */
export async function postgresUnderTest(
  server: PostgresServer,
  close: () => Promise<void>,
): Promise<DatabaseUnderTest> {
  return {
    address: server.address,
    superuser: server.superuser,
    unusedPort: await findFreePort(),
    engine: (options) => new PostgresEngine(options),
    createUser: async (user) => {
      await server.sql(`DROP ROLE IF EXISTS ${escapeIdentifier(user.username)}`); // of an earlier run, elsewhere
      await server.createUser(user);
    },
    signsIn: (user) => server.signsIn(user),
    blockUser: async (username) => {
      await server.sql(`ALTER ROLE ${escapeIdentifier(username)} NOLOGIN`);
    },
    createTable: async (table) => {
      await server.sql(`DROP TABLE IF EXISTS ${table}`); // of an earlier run, elsewhere
      await server.sql(`CREATE TABLE ${table} (n integer)`);
    },
    grantTable: async ({ table, username }) => {
      await server.sql(`GRANT SELECT, INSERT, UPDATE, DELETE ON ${table} TO ${escapeIdentifier(username)}`);
    },
    countRows: async (table) => {
      const [row] = await server.sql<{ count: number }>(`SELECT count(*)::integer AS count FROM ${table}`);
      return row?.count ?? NaN;
    },
    close,
  };
}

/** A PostgreSQL for the contract of alternate users. */
export async function postgresAlternating(
  server: PostgresServer,
  close: () => Promise<void>,
): Promise<AlternatingUnderTest> {
  const dropUser = async (username: string): Promise<void> => {
    const name = escapeIdentifier(username);
    if ((await server.sql(`SELECT FROM pg_roles WHERE rolname = ${escapeLiteral(username)}`)).length === 0) return;
    await server.sql(`DROP OWNED BY ${name} CASCADE; DROP ROLE ${name}`);
  };
  return {
    ...(await postgresUnderTest(server, close)),
    createUser: async (user) => {
      await dropUser(user.username); // of an earlier run, elsewhere
      await server.createUser(user);
    },
    dropUser,
    allowTables: async (username) => {
      await server.sql(`GRANT CREATE ON SCHEMA public TO ${escapeIdentifier(username)}`);
    },
    runAs: async (user, statement) => {
      await server.sql(statement, server.credential(user));
    },
    customise: async ({ username, number }) => {
      const name = escapeIdentifier(username);
      await server.sql(`ALTER ROLE ${name} CONNECTION LIMIT ${number}`);
      await server.sql(`ALTER ROLE ${name} SET work_mem = '${number}MB'`);
    },
    customOf: async (username) => {
      const [row] = await server.sql<{ limit: number; memory: string | null }>(
        `SELECT rolconnlimit AS limit, (SELECT entry FROM pg_db_role_setting, unnest(setconfig) AS entry
            WHERE setrole = role.oid AND entry LIKE 'work_mem=%') AS memory
          FROM pg_roles role WHERE rolname = ${escapeLiteral(username)}`,
      );
      if (row?.limit === -1 && row.memory === null) return undefined;
      return row?.memory === `work_mem=${row?.limit}MB` ? row.limit : NaN;
    },
    plain: async (username) => {
      const name = escapeIdentifier(username);
      await server.sql(`ALTER ROLE ${name} CONNECTION LIMIT -1`);
      await server.sql(`ALTER ROLE ${name} RESET work_mem`);
    },
    weakSuperuser: async (username) => {
      await dropUser('weak');
      await server.sql(`ALTER ROLE ${escapeIdentifier(username)} SET log_statement = 'all'`); // which a superuser may
      return server.credential(await server.createUser({ username: 'weak', password: 'feeble w0rd' }, 'CREATEROLE'));
    },
  };
}
