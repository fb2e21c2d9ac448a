/** The service's clock, which a test can move and stop. */
export class SettableClock {
  readonly #real: () => number;
  readonly #listeners: (() => void)[] = [];
  #offset = 0;
  #stoppedAt: number | undefined;

  constructor(real: () => number = Date.now) {
    this.#real = real;
  }

  /** Milliseconds since 1970. */
  now(): number {
    return this.#stoppedAt ?? this.#real() + this.#offset;
  }

  /** Sets the time, from where the clock goes on; or stands still, where asked. */
  set(moment: number, { isStopped = false }: { isStopped?: boolean } = {}): void {
    this.#offset = moment - this.#real();
    this.#stoppedAt = isStopped ? moment : undefined;
    this.#tell();
  }

  /** Moves the time on; a clock that stands still goes on standing. */
  advance(ms: number): void {
    this.set(this.now() + ms, { isStopped: this.#stoppedAt !== undefined });
  }

  /** Back to the real time. */
  reset(): void {
    this.#offset = 0;
    this.#stoppedAt = undefined;
    this.#tell();
  }

  /** Has a listener told whenever the time was changed. */
  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
