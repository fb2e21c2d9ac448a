import { setTimeout as delay } from 'node:timers/promises';
import {
  type Client,
  type Connection,
  DatabaseError,
  type QueryConfig,
  type QueryResult,
  type QueryResultRow,
} from 'pg';
import { type ConnectionSecret } from '../../rotation/secret-value';
import { classifyError, type FailureContext } from './classify-error';
import { type Phase } from './failure-rule';
import { type ClientSettings, createPgClient } from './pg-client';
import { statementTimeoutMs } from './postgres-statements';

const closeTimeoutMs = 1_000;
/** The server itself gives up first, so that a missing answer means a lost connection. */
const changeTimeoutMs = statementTimeoutMs + 3_000;

/** What to open a session with. */
export interface SessionOptions extends ClientSettings {
  readonly credential: ConnectionSecret;
  /** The role that the session is opened for, where it is another than the credential's; for messages. */
  readonly role?: string | undefined;
  /** Ends connecting and waiting until a change is sent; not after. */
  readonly signal?: AbortSignal | undefined;
}

/** A statement's place in a call: what its failure means, and how long it may take. */
export type StatementStep = Pick<FailureContext, 'phase' | 'role' | 'probe' | 'remedy'>;

/** How the server had the password shown while signing in; `none` means that it did not ask. */
export type PasswordChallenge = 'scram' | 'md5' | 'cleartext' | 'none';

/**
 * Opens a session, hands it over, and closes it whatever happens.
 *
 * @throws RotationError; the signal's reason where the signal ended it.
 */
export async function withSession<T>(
  options: SessionOptions,
  use: (session: PostgresSession) => Promise<T>,
): Promise<T> {
  const session = new PostgresSession(options);
  try {
    await session.open();
    return await use(session);
  } finally {
    await session.close();
  }
}

/** One connection to one server. Every failure comes out as a domain error. */
export class PostgresSession {
  readonly #options: SessionOptions;
  readonly #client: Client;
  readonly #connection: Connection;
  readonly #onAbort = (): void => {
    if (this.#phase !== 'change') this.#destroy();
  };
  #phase: Phase = 'connect';
  #step: Partial<StatementStep> = {};
  #challenge: PasswordChallenge = 'none';
  #toldPid: number | undefined;

  constructor(options: SessionOptions) {
    this.#options = options;
    ({ client: this.#client, connection: this.#connection } = createPgClient(options.credential, options));
    this.#followSignIn();
  }

  /** How the server had the password shown. */
  get challenge(): PasswordChallenge {
    return this.#challenge;
  }

  /** Whether this process of the server's is the one that was told while signing in. A pooler tells one that is not. */
  isServedBy(pid: number): boolean {
    return this.#toldPid === undefined || this.#toldPid === pid;
  }

  /** Signs in. */
  async open(): Promise<void> {
    this.#options.signal?.addEventListener('abort', this.#onAbort);
    await this.#translated(async () => {
      const connected = this.#client.connect();
      if (!this.#options.credential.tls) this.#containParser();
      await connected;
    });
    this.#phase = 'statement';
  }

  /** The first row that a statement which changes nothing yields. */
  async read<Row extends QueryResultRow>(text: string): Promise<Row> {
    const { rows } = await this.#translated(() => this.#answer(() => this.#client.query<Row>(text)));
    const [row] = rows;
    if (row === undefined) throw new TypeError('A statement that yields one row yielded none.');
    return row;
  }

  /** All rows that a statement yields; sent so that it can be one statement only. */
  async rows<Row extends QueryResultRow>(
    text: string,
    { values = [], ...step }: StatementStep & { values?: readonly unknown[] },
  ): Promise<Row[]> {
    const query: QueryConfig & { queryMode: 'extended' } = { text, values: [...values], queryMode: 'extended' };
    this.#phase = step.phase;
    this.#step = step;
    const { rows } = await this.#translated(() => this.#answer(() => this.#client.query<Row>(query)));
    this.#phase = 'statement';
    this.#step = {};
    return rows;
  }

  /** The rows of each statement of one message, which is one transaction and changes nothing that lasts. */
  async batch(text: string): Promise<QueryResultRow[][]> {
    // The driver answers with a list where there are several statements, which its types do not tell.
    const results = [await this.#translated(() => this.#answer(() => this.#client.query(text)))].flat();
    return results.map(({ rows }) => rows as QueryResultRow[]);
  }

  /** As {@link PostgresSession.read}, for what not every server has: undefined where this one refuses it. */
  async readIfKnown<Row extends QueryResultRow>(text: string): Promise<Row | undefined> {
    const ask = (): Promise<QueryResult<Row>> => this.#client.query<Row>(text);
    const result = await this.#translated(() => this.#answer(ask).catch(refusedStatement));
    return result?.rows[0];
  }

  /**
   * Sends the statement that changes something. From here on the signal is not heeded: the server's own limits bound
   * the wait, and an answer that never comes is an `OutcomeUnknownError`.
   */
  async change(text: string): Promise<void> {
    this.#options.signal?.throwIfAborted();
    this.#phase = 'change';
    await this.#translated(() => this.#answer(() => this.#client.query(text)));
    this.#phase = 'statement';
  }

  /** Takes leave of the server, and does not wait long for its answer. */
  async close(): Promise<void> {
    this.#options.signal?.removeEventListener('abort', this.#onAbort);
    const limit = new AbortController();
    const late = delay(closeTimeoutMs, undefined, { signal: limit.signal }).catch(() => undefined);
    await Promise.race([this.#client.end(), late]);
    limit.abort();
    this.#destroy();
  }

  /** The driver does not tell where it is; the events of its connection do. */
  #followSignIn(): void {
    const connection = this.#connection;
    connection.once('connect', () => {
      this.#phase = this.#options.credential.tls ? 'tls' : 'authenticate';
    });
    connection.once('sslconnect', () => {
      this.#containParser();
      connection.stream.once('secureConnect', () => {
        this.#phase = 'authenticate';
      });
    });
    connection.once('authenticationCleartextPassword', () => (this.#challenge = 'cleartext'));
    connection.once('authenticationMD5Password', () => (this.#challenge = 'md5'));
    connection.once('authenticationSASLFinal', () => (this.#challenge = 'scram'));
    connection.once('backendKeyData', ({ processID }: { processID: number }) => (this.#toldPid = processID));
  }

  /** The driver's parser throws inside the socket's event, where an unknown message would end this process. */
  #containParser(): void {
    const { stream } = this.#connection;
    for (const parse of stream.listeners('data')) {
      stream.off('data', parse as (chunk: Buffer) => void);
      stream.on('data', (chunk: Buffer) => {
        try {
          parse.call(stream, chunk);
        } catch (error) {
          this.#connection.emit('error', error);
          stream.destroy();
        }
      });
    }
  }

  async #answer<T>(ask: () => Promise<T>): Promise<T> {
    const limitMs = this.#phase === 'statement' ? this.#options.connectTimeoutMs : changeTimeoutMs;
    const limit = setTimeout(() => {
      this.#connection.stream.destroy(new Error('timeout expired'));
    }, limitMs);
    try {
      return await ask();
    } finally {
      clearTimeout(limit);
    }
  }

  async #translated<T>(run: () => Promise<T>): Promise<T> {
    const { signal } = this.#options;
    if (this.#phase !== 'change') signal?.throwIfAborted();
    try {
      return await run();
    } catch (error) {
      if (this.#phase !== 'change') signal?.throwIfAborted();
      throw this.#classified(error);
    }
  }

  #classified(error: unknown): Error {
    const { credential, role } = this.#options;
    const own = { ...(role === undefined ? {} : { role }), ...this.#step };
    return classifyError(error, { ...own, phase: this.#phase, credential });
  }

  #destroy(): void {
    this.#connection.stream.destroy();
  }
}

/** A server that refuses one statement keeps the session; one that ends the session says so by 57P. */
function refusedStatement(error: unknown): undefined {
  if (error instanceof DatabaseError && error.code?.startsWith('57P') === false) return undefined;
  throw error;
}
