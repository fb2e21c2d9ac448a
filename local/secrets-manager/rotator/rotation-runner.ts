import { randomUUID } from 'node:crypto';
import { isPurged } from '../service/find-secret';
import { scheduledRotation } from '../service/rotation-progress';
import { type Secret } from '../service/secret';
import { type RotationRunnerParts } from './rotation-runner-parts';
import { runSequence } from './run-sequence';

const longestSleepMs = 1000;

/**
 * Carries out the rotations that the state asks for: those begun by a call, those whose moment has come, and those that
 * were under way when the process last ended.
 */
export class RotationRunner {
  readonly #parts: RotationRunnerParts;
  readonly #running = new Map<string, Promise<void>>();
  readonly #stop = new AbortController();
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: RotationRunnerParts) {
    this.#parts = parts;
  }

  /** Looks for work now, and from then on by itself. */
  wake(): void {
    if (this.#stop.signal.aborted) return;
    clearTimeout(this.#timer);
    const { store, clock } = this.#parts;
    const now = clock.now();
    let next = now + longestSleepMs;
    for (const secret of [...store.everything()].filter(mayHaveWork)) {
      this.#look(secret, now);
      next = Math.min(next, dueAt(store.byArn(secret.arn)) ?? next);
    }
    const sleepMs = next <= now ? longestSleepMs : Math.min(longestSleepMs, next - now);
    this.#timer = setTimeout(() => {
      this.wake();
    }, sleepMs);
    this.#timer.unref();
  }

  /** Stops looking and gives up the calls that are under way; their rotations go on after the next start. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    this.#stop.abort();
    await Promise.all(this.#running.values());
  }

  #look(secret: Secret, now: number): void {
    const { store, random } = this.#parts;
    if (isPurged(secret, now)) {
      store.remove([secret]).catch(() => undefined);
      return;
    }
    const { rotation, deletion, arn } = secret;
    if (rotation?.enabled !== true || deletion !== undefined || this.#running.has(arn)) return;
    if (rotation.inFlight === undefined && (rotation.plannedAt ?? Infinity) <= now) {
      store.note([scheduledRotation({ now, random }, { secret, token: randomUUID() })]);
    }
    const { notBefore = Infinity } = store.byArn(arn)?.rotation?.inFlight ?? {};
    if (notBefore <= now) this.#run(arn);
  }

  #run(arn: string): void {
    const run = runSequence(this.#parts, { arn, stop: this.#stop.signal })
      .then(() => {
        this.#running.delete(arn);
        this.wake();
      })
      // What could not be kept is still in flight, and found again at the next look.
      .catch(() => {
        this.#running.delete(arn);
      });
    this.#running.set(arn, run);
  }
}

function mayHaveWork({ rotation, deletion }: Secret): boolean {
  return rotation !== undefined || deletion !== undefined;
}

function dueAt(secret: Secret | undefined): number | undefined {
  return secret?.rotation?.inFlight?.notBefore ?? secret?.rotation?.plannedAt;
}
