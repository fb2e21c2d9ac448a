import { type CallUnderWay, isReading } from './boundary';

/**
 * A call of an attempt whose worker is cut off. One that changes something is made when it is let go; one that only reads is
 * made at once, and then answers with what was true before. The attempt goes on from there, beside all others.
 */
export class HeldCall {
  #held: CallUnderWay | undefined;
  #made: Promise<unknown> | undefined;
  #release: () => void = () => undefined;
  readonly #released = new Promise<void>((resolve) => (this.#release = resolve));

  /** Gives the attempt up, and holds its call. */
  async hold(call: CallUnderWay, make: () => Promise<unknown>): Promise<unknown> {
    this.#held = call;
    const read = isReading(call) ? make() : undefined;
    await Promise.allSettled([read]);
    call.attempt.cutOff();
    await this.#released;
    this.#made = read ?? make();
    return this.#made;
  }

  /** Whether a call is of a later attempt of the step whose call is held. */
  isFollowedBy({ attempt, step }: CallUnderWay): boolean {
    return this.#held?.step === step && this.#held.attempt !== attempt;
  }

  /** Whether a call is the same one as the held one, made by a later attempt, or is of a later step. */
  isPassedBy(call: CallUnderWay): boolean {
    if (!this.#held || this.#held.attempt === call.attempt) return false;
    return !this.isFollowedBy(call) || this.#held.name === call.name;
  }

  /** Lets the call go; resolves when it was made. Safe to repeat, and where none was held. */
  async letGo(): Promise<void> {
    if (!this.#held) return;
    this.#release();
    await this.#released;
    await Promise.allSettled([this.#made]);
  }

  /** Lets the call go, and resolves when its attempt has come to its end. */
  async end(): Promise<void> {
    await this.letGo();
    await this.#held?.attempt.over();
  }
}
