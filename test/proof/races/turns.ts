/** The two attempts of a step: the one that counts, and the one that was given up and runs on. */
export type Runner = 'counts' | 'given up';

const other = { counts: 'given up', 'given up': 'counts' } as const;

/** Lets two attempts make their calls by turns, the one that was given up so many calls ahead, or behind where negative. */
export class Turns {
  readonly #lead: number;
  readonly #arrived = { counts: 0, 'given up': 0 };
  readonly #inside = { counts: 0, 'given up': 0 };
  readonly #ended = new Set<Runner>();
  #waiting: (() => void)[] = [];

  constructor(lead: number) {
    this.#lead = lead;
  }

  /** Makes a call when it is its turn. One that is made within another waits for nobody: a lock may be held around it. */
  async take(runner: Runner, make: () => Promise<unknown>): Promise<unknown> {
    if (this.#inside[runner] > 0) return make();
    this.#inside[runner] += 1;
    try {
      this.#arrived[runner] += 1;
      this.#wake();
      while (!this.#isTurnOf(runner)) await new Promise<void>((resolve) => this.#waiting.push(resolve));
      return await make();
    } finally {
      this.#inside[runner] -= 1;
    }
  }

  /** Nobody waits for this one any more. */
  end(runner: Runner): void {
    this.#ended.add(runner);
    this.#wake();
  }

  #isTurnOf(runner: Runner): boolean {
    const ahead = runner === 'counts' ? -this.#lead : this.#lead;
    return this.#ended.has(other[runner]) || this.#arrived[other[runner]] >= this.#arrived[runner] - ahead;
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
