import { type Socket } from 'node:net';
import { type Connection, type RowDataPacket } from 'mysql2';
import { type StillWanted } from '../../rotation/database-engine';
import { type FailureIds } from '../../rotation/errors';
import { type ConnectionSecret } from '../../rotation/secret-value';
import { boundSession, statementTimeoutMs } from './bound-session';
import { classifyError, serverErrorNumber } from './classify-error';
import { type StatementStep } from './failure-rule';
import { type Flavour } from './flavour';
import { type ClientSettings, createMysql2Client, defaultPort } from './mysql2-client';

const closeTimeoutMs = 1_000;
/** The session to end is gone already. */
const noSuchThread = 1094;
/** An account could not be changed, for a reason that MariaDB tells in an error before. */
const accountNotChanged = 1396;
/** An option of the server's forbids it. */
const optionForbids = 1290;

const answerTimeoutMs = statementTimeoutMs + 3_000;

/** What to open a session with. */
export interface SessionOptions extends ClientSettings {
  readonly flavour: Flavour;
  readonly credential: ConnectionSecret;
  readonly connectTimeoutMs: number;
  /** The user that the session is opened for, where it is another than the credential's; for messages. */
  readonly username?: string | undefined;
  /** Ends connecting and waiting until a change is sent; not after. */
  readonly signal?: AbortSignal | undefined;
  /** Asked once, right before the first change. */
  readonly stillWanted?: StillWanted | undefined;
}

/** A statement that the server may refuse by one of these numbers, which says that it did nothing. */
export interface Attempt {
  readonly text: string;
  readonly refusals: readonly number[];
  /** @defaultValue the change of a password */
  readonly step?: StatementStep;
}

type Answered<T> = (error: Error | null, answer?: T) => void;

/**
 * Opens a session, hands it over, and closes it whatever happens.
 *
 * @throws RotationError; the signal's reason where the signal ended it.
 */
export async function withSession<T>(options: SessionOptions, use: (session: Mysql2Session) => Promise<T>): Promise<T> {
  const session = new Mysql2Session(options);
  try {
    await session.open();
    return await use(session);
  } finally {
    await session.close();
  }
}

/** One connection to one server. Every failure comes out as a domain error. */
export class Mysql2Session {
  readonly flavour: Flavour;
  readonly credential: ConnectionSecret;
  /** The user that the session is about. */
  readonly username: string;
  readonly #options: SessionOptions;
  readonly #connection: Connection;
  readonly #socket: Socket;
  readonly #onAbort = (): void => {
    if (this.#step.phase !== 'change') this.#abandon(new Error('aborted'));
  };
  #step: StatementStep = { phase: 'sign-in' };
  #canLeave = false;
  #wasWanted = false;
  #giveUp: (error: Error) => void = () => undefined;

  constructor(options: SessionOptions) {
    options.signal?.throwIfAborted();
    this.#options = options;
    const { flavour, credential, username = credential.username } = options;
    this.flavour = flavour;
    this.credential = credential;
    this.username = username;
    ({ connection: this.#connection, socket: this.#socket } = createMysql2Client(options.credential, options));
  }

  /** host:port */
  get server(): string {
    const { host, port = defaultPort } = this.credential;
    return `${host}:${port}`;
  }

  /** Whether the server numbered the session so when it greeted, which tells the lower 32 bits. A proxy tells its own number. */
  isNumber(id: number): boolean {
    return this.#connection.threadId === id % 2 ** 32;
  }

  /** What may be told of an error about a user. */
  idsOf(username: string): FailureIds {
    const { host, port = defaultPort } = this.credential;
    return { engine: this.flavour.engine, host, port, username };
  }

  /** Signs in. */
  async open(): Promise<void> {
    this.#options.signal?.addEventListener('abort', this.#onAbort);
    await this.#translated(async () => {
      await this.#answer<unknown>((answered) => {
        this.#connection.connect(answered);
      }, this.#options.connectTimeoutMs);
    });
    this.#step = { phase: 'statement' };
    this.#canLeave = true;
  }

  /** Gives the session the server's limits, before anything that may wait there. */
  async bound(): Promise<void> {
    await this.#translated(() => this.#query(boundSession(this.#options.flavour)));
  }

  /** The rows that a statement which changes nothing yields. */
  async read<Row extends object>(text: string): Promise<Row[]> {
    return (await this.#translated(() => this.#query(text))) as unknown as Row[];
  }

  /** The rows that a statement of a step yields: one that is safe to repeat, or the operator's own. */
  async rows<Row extends object>(text: string, step: StatementStep): Promise<Row[]> {
    this.#step = step;
    const rows = (await this.#translated(() => this.#query(text))) as unknown as Row[];
    this.#step = { phase: 'statement' };
    return rows;
  }

  /**
   * Sends a statement that changes something; before the first, asks whether it is still wanted. From here on to a change
   * of a password the signal is not heeded: the server's own limits bound the wait, and an answer that never comes is an
   * `OutcomeUnknownError`.
   */
  async change(text: string, step?: StatementStep): Promise<void> {
    await this.attempt({ text, refusals: [], ...(step ? { step } : {}) });
  }

  /** As {@link Mysql2Session.change}. Yields the number of an expected refusal, and undefined when the change was made. */
  async attempt({ text, refusals, step = { phase: 'change' } }: Attempt): Promise<number | undefined> {
    await this.#askOnce();
    this.#options.signal?.throwIfAborted();
    this.#step = step;
    const refusal = await this.#translated(() => this.#refusal(text, refusals));
    this.#step = { phase: 'statement' };
    return refusal;
  }

  /** Ends another session, with what it is waiting for. */
  async end(id: number): Promise<void> {
    await this.#translated(() => this.#refusal(`KILL ${id}`, [noSuchThread]));
  }

  /** Takes leave of the server where it can, and does not wait long. */
  async close(): Promise<void> {
    this.#options.signal?.removeEventListener('abort', this.#onAbort);
    if (this.#canLeave) await this.#leave().catch(() => undefined);
    this.#socket.destroy();
  }

  async #askOnce(): Promise<void> {
    if (this.#wasWanted) return;
    await this.#options.stillWanted?.();
    this.#wasWanted = true;
  }

  async #leave(): Promise<void> {
    await this.#answer<unknown>((answered) => {
      this.#connection.end(answered);
    }, closeTimeoutMs);
  }

  async #refusal(text: string, refusals: readonly number[]): Promise<number | undefined> {
    try {
      await this.#query(text);
      return undefined;
    } catch (error) {
      const number = serverErrorNumber(error);
      if (number !== undefined && refusals.includes(number)) return number;
      throw number === accountNotChanged ? await this.#reasonOf(error) : error;
    }
  }

  async #reasonOf(refused: unknown): Promise<unknown> {
    const rows = await this.#query('SHOW WARNINGS').catch(() => []);
    const reason = rows.find(({ Code }) => Code === optionForbids);
    return reason ? { errno: optionForbids, sqlState: 'HY000', message: reason.Message as unknown } : refused;
  }

  async #query(text: string): Promise<RowDataPacket[]> {
    return this.#answer<RowDataPacket[]>((answered) => {
      this.#connection.query<RowDataPacket[]>(text, answered);
    }, answerTimeoutMs);
  }

  /** The driver does not answer a call whose socket is destroyed on this side: who gives up says so here. */
  async #answer<T>(ask: (answered: Answered<T>) => void, limitMs: number): Promise<T> {
    let limit: NodeJS.Timeout | undefined;
    try {
      return await new Promise<T>((resolve, reject) => {
        this.#giveUp = reject;
        limit = setTimeout(() => {
          this.#abandon(Object.assign(new Error('no answer in time'), { code: 'ETIMEDOUT' }));
        }, limitMs);
        ask((error, answer) => {
          if (error) reject(error);
          else resolve(answer as T);
        });
      });
    } finally {
      clearTimeout(limit);
    }
  }

  async #translated<T>(run: () => Promise<T>): Promise<T> {
    const { signal, flavour, credential, username } = this.#options;
    if (this.#step.phase !== 'change') signal?.throwIfAborted();
    try {
      return await run();
    } catch (error) {
      if (this.#step.phase !== 'change') signal?.throwIfAborted();
      throw classifyError(error, { ...this.#step, flavour, credential, username });
    }
  }

  #abandon(error: Error): void {
    this.#canLeave = false;
    this.#socket.destroy();
    this.#giveUp(error);
  }
}
