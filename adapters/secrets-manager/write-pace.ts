import { setTimeout as sleep } from 'node:timers/promises';
import { type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

/** What the service lets an account and Region change in a second, all operations that change a secret together. */
const quotaPerSecond = 50;
/** Just below the quota, so that the service's reserve grows and takes up what comes unevenly. */
const fastest = 0.99 * quotaPerSecond;
const slowest = 1;
/** Others use the same quota where pacing alone does not help: each refusal slows down, each second speeds up. */
const slowDown = 0.8;
const speedUpPerSecond = 1.05;
const pauseMs = 200;
/** Refusals that come together have one cause. */
const togetherMs = 500;
/** A quota that was not met for so long is not in the way any more. */
const forgottenMs = 60_000;
/** Writes that timers let go late are made up for, as far as this. */
const makeUpMs = 100;
/** Whoever waits looks again this often, because the pace may change. */
const lookAgainMs = 100;

/** The calls that share the quota. */
const writes: ReadonlySet<string | undefined> = new Set(['PutSecretValueCommand', 'UpdateSecretVersionStageCommand']);

/**
 * When writes may be sent: at any time, until the service asks to slow down; from then on one after another at the rate
 * of the service's quota, or below it where others use it too. Times are in milliseconds.
 */
export class WritePace {
  #perSecond = fastest;
  #slowedAt = -Infinity;
  #throttledAt = -Infinity;
  #nextAt = -Infinity;

  /** How long to wait before the next write may be sent, as it looks now. */
  waitMs(now: number): number {
    return this.#isForgotten(now) ? 0 : Math.max(0, this.#nextAt - now);
  }

  /** A write is sent now. */
  sent(now: number): void {
    if (this.#isForgotten(now)) return;
    this.#nextAt = Math.max(this.#nextAt, now - makeUpMs) + 1_000 / this.#rate(now);
  }

  /** The service has refused a write for coming too soon. */
  throttled(now: number): void {
    const isFirst = this.#isForgotten(now);
    this.#throttledAt = now;
    if (!isFirst && now - this.#slowedAt < togetherMs) return;
    this.#perSecond = isFirst ? fastest : Math.max(slowest, this.#rate(now) * slowDown);
    this.#slowedAt = now;
    this.#nextAt = Math.max(this.#nextAt, now + pauseMs);
  }

  #isForgotten(now: number): boolean {
    return now - this.#throttledAt > forgottenMs;
  }

  #rate(now: number): number {
    return Math.min(fastest, this.#perSecond * speedUpPerSecond ** ((now - this.#slowedAt) / 1_000));
  }
}

/** Lets writes go in the order in which they came, each when the pace allows it, as it is by then. */
class Turnstile {
  readonly #pace: WritePace;
  #last = Promise.resolve();

  constructor(pace: WritePace) {
    this.#pace = pace;
  }

  pass(): Promise<void> {
    this.#last = this.#last.then(() => this.#untilAllowed());
    return this.#last;
  }

  async #untilAllowed(): Promise<void> {
    for (;;) {
      const now = performance.now();
      const wait = this.#pace.waitMs(now);
      if (wait === 0) {
        this.#pace.sent(now);
        return;
      }
      await sleep(Math.min(wait, lookAgainMs));
    }
  }
}

/**
 * Makes a client send its writes at a pace that the service accepts. Each attempt waits for its turn, so that refused
 * calls do not come again all at once; without it a third of the quota is used, and the unlucky wait for minutes.
 */
export function paceWrites(client: SecretsManagerClient): void {
  const pace = new WritePace();
  const turnstile = new Turnstile(pace);
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (call) => {
        if (!writes.has(commandName)) return next(call);
        await turnstile.pass();
        try {
          return await next(call);
        } catch (err) {
          if (isThrottling(err)) pace.throttled(performance.now());
          throw err;
        }
      },
    { name: 'paceWrites', step: 'finalizeRequest', priority: 'low' },
  );
}

function isThrottling(err: unknown): boolean {
  const { name, $metadata } = Object(err) as Record<string, unknown>;
  const { httpStatusCode } = Object($metadata) as Record<string, unknown>;
  return httpStatusCode === 429 || (typeof name === 'string' && throttlings.has(name));
}

const throttlings: ReadonlySet<string> = new Set([
  'RequestLimitExceeded',
  'SlowDown',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
]);
