const redacted = '[redacted]';

/**
 * A text that must never be shown: a password, or the whole text of a secret.
 *
 * Printing, logging, interpolating or serialising it yields `[redacted]`; only {@link Sensitive.reveal} hands it out,
 * so that every place which reads a secret can be found by that one word.
 */
export class Sensitive {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** The text itself, for the one call that needs it. */
  reveal(): string {
    return this.#text;
  }

  /** Compares without handing out either text. */
  equals(other: Sensitive): boolean {
    return this.#text === other.#text;
  }

  toString(): string {
    return redacted;
  }

  toJSON(): string {
    return redacted;
  }

  /** What Node's `util.inspect`, and so `console.log`, shows. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return redacted;
  }
}
