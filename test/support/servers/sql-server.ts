import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';
import { type SupervisedProcess, type Supervisor, waitUntil } from '../../../local/supervisor';
import { type ConnectionSecret } from '../../../rotation/secret-value';
import { Sensitive } from '../../../rotation/sensitive';
import { type UserAccount } from '../../contracts/database-engine';

/** A name as MySQL and MariaDB quote it, written again here: tests do not judge the engines by their own code. */
export const quoteName = (name: string): string => `\`${name.replaceAll('`', '``')}\``;

/** A text as both read it under the default `sql_mode`. */
export const quoteText = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;

/** A MySQL or MariaDB that can be asked by SQL, past the engine. */
export class SqlServer {
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
  async sql<Row extends object>(text: string, as: ConnectionSecret = this.superuser): Promise<Row[]> {
    return this.withConnection((connection) => rowsOf<Row>(connection, text), as);
  }

  /** Hands out a connection of its own, of the superuser or of another. */
  async withConnection<T>(
    use: (connection: Connection) => Promise<T>,
    as: ConnectionSecret = this.superuser,
  ): Promise<T> {
    const connection = await createConnection({
      host: as.host,
      ...(as.port === undefined ? {} : { port: as.port }),
      user: as.username,
      password: as.password.reveal(),
      ...(as.dbname === undefined ? {} : { database: as.dbname }),
      ...(as.tls ? { ssl: { rejectUnauthorized: false } } : {}),
    });
    connection.on('error', () => undefined);
    try {
      return await use(connection);
    } finally {
      await connection.end().catch(() => undefined);
      connection.destroy();
    }
  }

  /** An ordinary user, with what else its statement says: `REQUIRE SSL`, `ACCOUNT LOCK`. */
  async createUser({ username, password }: UserAccount, { host = '%', rest = '' } = {}): Promise<UserAccount> {
    await this.sql(
      `CREATE USER ${quoteName(username)}@${quoteName(host)} IDENTIFIED BY ${quoteText(password)} ${rest}`,
    );
    return { username, password };
  }

  /** Signs in without the engine. False: the server refused the password. */
  async signsIn(user: UserAccount): Promise<boolean> {
    try {
      await this.sql('SELECT 1', this.credential(user));
      return true;
    } catch (error) {
      if (error instanceof Error && 'errno' in error && (error.errno === 1045 || error.errno === 1698)) return false;
      throw error;
    }
  }

  /** Looks until a statement of the superuser's yields a row. */
  async untilFound(text: string, limitMs = 30_000): Promise<void> {
    const found = await waitUntil(async () => (await this.sql(text)).length > 0, { limitMs });
    if (!found) throw new Error(`Within ${limitMs} ms there was nothing to find by: ${text}`);
  }
}

/** The rows that a statement yields. */
export async function rowsOf<Row extends object>(connection: Connection, text: string): Promise<Row[]> {
  const [rows] = await connection.query<RowDataPacket[]>(text);
  return rows as unknown as Row[];
}

/** What a server of a test's own consists of. */
export interface OwnParts {
  readonly home: string;
  readonly supervisor: Supervisor;
  readonly process: SupervisedProcess;
}

/** A server of a test's own, whose files can be read. */
export class OwnSqlServer extends SqlServer {
  readonly #parts: OwnParts;

  constructor(superuser: ConnectionSecret, parts: OwnParts) {
    super(superuser);
    this.#parts = parts;
  }

  /** The server's process. */
  get pid(): number {
    return this.#parts.process.pid;
  }

  /** Where the server keeps its data and writes its logs. */
  get dataFolder(): string {
    return path.join(this.#parts.home, 'data');
  }

  /** What is in a file of the data folder, byte by byte. */
  async file(name: string): Promise<string> {
    return readFile(path.join(this.dataFolder, name), 'latin1');
  }

  /** All that the server has printed. */
  async log(): Promise<string> {
    return readFile(path.join(this.#parts.home, 'server.log'), 'latin1');
  }

  /** Lets it answer nobody until it is resumed. */
  halt(): Promise<void> {
    process.kill(this.pid, 'SIGSTOP');
    return Promise.resolve();
  }

  /** Ends {@link OwnSqlServer.halt}. */
  resume(): Promise<void> {
    process.kill(this.pid, 'SIGCONT');
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    await this.#parts.supervisor.close();
    await rm(this.#parts.home, { recursive: true, force: true });
  }
}
