import { spawn } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { waitUntil } from '../../../local/supervisor';
import { seenOfProcess } from './process-facts';

const everyMs = 1_000;
const limitMs = 30_000;

/** Looks again and again at the command lines and environments of all processes of the machine, and keeps what it sees. */
export class ProcessSampler {
  readonly #seen = new Set<string>();
  #isRunning = true;
  readonly #running: Promise<void>;

  constructor() {
    this.#running = this.#sample();
  }

  /** All that was seen so far. */
  get text(): string {
    return [...this.#seen].join('\n');
  }

  /** Starts a process with this in its command line, and ends it once that was seen. */
  async untilSeen(argument: string): Promise<void> {
    const planted = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1_000)', argument], {
      stdio: 'ignore',
    });
    try {
      const isSeen = await waitUntil(() => this.text.includes(argument), { limitMs });
      if (!isSeen) throw new Error('The command line of a process was not seen.');
    } finally {
      planted.kill('SIGKILL');
    }
  }

  async stop(): Promise<void> {
    this.#isRunning = false;
    await this.#running;
  }

  async #sample(): Promise<void> {
    while (this.#isRunning) {
      const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
      const seen = await Promise.all(pids.map((pid) => seenOfProcess(Number(pid)).catch(() => '')));
      for (const facts of seen) this.#seen.add(facts.toString('latin1'));
      await delay(everyMs);
    }
  }
}
