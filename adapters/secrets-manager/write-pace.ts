import { setTimeout as sleep } from 'node:timers/promises';
import { type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

/** What the service lets an account and Region change in a second, all operations that change a secret together. */
const quotaPerSecond = 50;
/** Just below the quota, so that the service's reserve grows and takes up what comes unevenly. */
const fastest = 0.98 * quotaPerSecond;
const slowest = 1;
/** Others use the same quota where pacing alone does not help: each refusal slows down, each second speeds up. */
const slowDown = 0.8;
const speedUpPerSecond = 2;
const pauseMs = 200;
/** Refusals that come together have one cause. */
const togetherMs = 500;
/** A quota that was not met for so long is not in the way any more. */
const forgottenMs = 60_000;

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
  #nextAt = 0;

  /** How long to wait before the next write; counts it as sent then. */
  waitMs(now: number): number {
    if (now - this.#throttledAt > forgottenMs) return 0;
    const at = Math.max(now, this.#nextAt);
    this.#nextAt = at + 1_000 / this.#rate(now);
    return at - now;
  }

  /** The service has refused a write for coming too soon. */
  throttled(now: number): void {
    const isFirst = now - this.#throttledAt > forgottenMs;
    this.#throttledAt = now;
    if (!isFirst && now - this.#slowedAt < togetherMs) return;
    this.#perSecond = isFirst ? fastest : Math.max(slowest, this.#rate(now) * slowDown);
    this.#slowedAt = now;
    this.#nextAt = Math.max(now, this.#nextAt) + pauseMs;
  }

  #rate(now: number): number {
    return Math.min(fastest, this.#perSecond + ((now - this.#slowedAt) / 1_000) * speedUpPerSecond);
  }
}

/**
 * Makes a client send its writes at a pace that the service accepts. Each attempt waits for its turn, so that refused
 * calls do not come again all at once; without it a third of the quota is used, and the unlucky wait for minutes.
 */
export function paceWrites(client: SecretsManagerClient): void {
  const pace = new WritePace();
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (call) => {
        if (!writes.has(commandName)) return next(call);
        await sleep(pace.waitMs(performance.now()));
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
