import { waitUntil } from '../../local/supervisor';
import { type UserAccount } from '../contracts/database-engine';
import { type ConnectionPool, type TargetServer } from './targets/target-server';

const connecting = 3;
const limitMs = 30_000;

/** What consumers work with. */
export interface ConsumerPlace {
  readonly target: TargetServer;
  readonly table: string;
  /** Reads the secret's current version. */
  readonly readSecret: () => Promise<UserAccount>;
}

/** A part of an application, and how it fares. */
interface Writer {
  written: number;
  refusedSince?: number | undefined;
}

/**
 * An application that writes all the time: some parts read the secret and connect for each write, one has the driver's
 * pool and reads the secret when it is told to or refused, and one keeps the connection of its first sign-in.
 */
export class Consumers {
  /** From a first refused sign-in to the end of the same part's next write, in milliseconds. */
  readonly gapsMs: number[] = [];
  /** What failed for another reason than a refused sign-in. */
  readonly failures: unknown[] = [];
  readonly #place: ConsumerPlace;
  readonly #writers: Writer[] = Array.from({ length: connecting }, () => ({ written: 0 }));
  readonly #pooled: Writer = { written: 0 };
  readonly #staying: Writer = { written: 0 };
  #pool: ConnectionPool | undefined;
  #isRunning = true;
  #running: Promise<unknown> = Promise.resolve();

  constructor(place: ConsumerPlace) {
    this.#place = place;
  }

  /** The writes that were made. */
  get written(): number {
    return this.#all.reduce((sum, { written }) => sum + written, 0);
  }

  start(): void {
    this.#running = Promise.all([
      ...this.#writers.map((writer) => this.#connect(writer)),
      this.#usePool(),
      this.#stay(),
    ]);
  }

  /** Resolves when each part has made a write that began from now on. Throws what failed instead. */
  async untilEachWrote(): Promise<void> {
    await this.#untilWrote(this.#all);
  }

  /** Has the pool read the secret anew. What its connections are doing ends first. */
  async renewPool(): Promise<void> {
    const before = this.#pool;
    this.#pool = await this.#openPool();
    await this.#untilWrote([this.#pooled]);
    await before?.end();
  }

  async stop(): Promise<void> {
    this.#isRunning = false;
    await this.#running;
    await this.#pool?.end();
  }

  get #all(): readonly Writer[] {
    return [...this.#writers, this.#pooled, this.#staying];
  }

  get #statement(): string {
    return `INSERT INTO ${this.#place.table} (n) VALUES (1)`;
  }

  async #connect(writer: Writer): Promise<void> {
    while (this.#isRunning) await this.#write(writer, async () => this.#writeOnce(await this.#place.readSecret()));
  }

  async #usePool(): Promise<void> {
    while (this.#isRunning) {
      this.#pool ??= await this.#openPool();
      const pool = this.#pool;
      await this.#write(this.#pooled, () => pool.run(this.#statement));
      if (this.#pooled.refusedSince === undefined) continue;
      this.#pool = undefined;
      await pool.end();
    }
  }

  async #stay(): Promise<void> {
    const { target, readSecret } = this.#place;
    const writeAll = async (): Promise<void> => {
      const user = await readSecret();
      await target.inSession(user, async (run) => {
        while (this.#isRunning) {
          await run(this.#statement);
          this.#staying.written++;
        }
      });
    };
    await writeAll().catch((error: unknown) => this.failures.push(error));
  }

  async #writeOnce(user: UserAccount): Promise<void> {
    await this.#place.target.inSession(user, (run) => run(this.#statement));
  }

  async #write(writer: Writer, write: () => Promise<unknown>): Promise<void> {
    const begun = performance.now();
    try {
      await write();
    } catch (error) {
      if (this.#place.target.isRefusal(error)) writer.refusedSince ??= begun;
      else this.failures.push(error);
      return;
    }
    writer.written++;
    if (writer.refusedSince !== undefined) this.gapsMs.push(performance.now() - writer.refusedSince);
    writer.refusedSince = undefined;
  }

  async #openPool(): Promise<ConnectionPool> {
    return this.#place.target.openPool(await this.#place.readSecret());
  }

  /** The write under way may have begun before, so two have to end. */
  async #untilWrote(writers: readonly Writer[]): Promise<void> {
    const goals = writers.map((writer) => ({ writer, goal: writer.written + 2 }));
    const haveWritten = (): boolean => goals.every(({ writer, goal }) => writer.written >= goal);
    await waitUntil(() => haveWritten() || this.failures.length > 0, { limitMs });
    if (!haveWritten()) throw new AggregateError(this.failures, 'Some consumer did not write.');
  }
}
