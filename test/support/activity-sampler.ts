import { setTimeout as delay } from 'node:timers/promises';
import { waitUntil } from '../../local/supervisor';
import { type LoggedServer } from './targets/logged-server';
import { type RunStatement } from './targets/target-server';

const everyMs = 10;
const limitMs = 30_000;

/** Looks again and again at what a server says it is doing, and keeps all that it sees. */
export class ActivitySampler {
  readonly #logged: LoggedServer;
  readonly #seen = new Map<string, Set<string>>();
  #isRunning = true;
  #running: Promise<void> = Promise.resolve();

  constructor(logged: LoggedServer) {
    this.#logged = logged;
  }

  start(): void {
    const { target } = this.#logged;
    this.#running = target.inSession(target.superuser, (run) => this.#sample(run));
  }

  /** All that was seen so far, by place. */
  read(): Record<string, string> {
    return Object.fromEntries([...this.#seen].map(([place, texts]) => [place, [...texts].join('\n')]));
  }

  /** Resolves once each place has shown a text that fits. */
  async untilSeen(pattern: RegExp): Promise<void> {
    const isSeen = (): boolean => Object.values(this.read()).every((seen) => pattern.test(seen));
    if (!(await waitUntil(isSeen, { limitMs }))) throw new Error('Not every place has shown it.');
  }

  async stop(): Promise<void> {
    this.#isRunning = false;
    await this.#running;
  }

  async #sample(run: RunStatement): Promise<void> {
    const places = Object.entries(this.#logged.activity);
    for (const [place] of places) this.#seen.set(place, new Set());
    while (this.#isRunning) {
      for (const [place, statement] of places) {
        for (const { running } of await run(statement)) this.#seen.get(place)?.add(String(running));
      }
      await delay(everyMs);
    }
  }
}
