import { type RotationRules } from './next-rotation';

const dayMs = 86_400_000;

/** An interval Schedule that first fires at an exact instant; both numbers are whole seconds in milliseconds. */
export interface ArmedInterval {
  readonly everyMs: number;
  /** Where the interval lies against the Unix epoch, which Temporal aligns intervals to. */
  readonly offsetMs: number;
  readonly startAt: Date;
}

/**
 * The interval that first fires at `next` and then every N days, so that a Schedule which is never armed again still
 * rotates. A one-shot would be deleted by the server after a week.
 *
 * `startAt` alone is no anchor, and an offset with a fraction of a second makes the Schedule fire once and stop.
 */
export function armedInterval(next: Date, { automaticallyAfterDays }: RotationRules): ArmedInterval {
  const everyMs = automaticallyAfterDays * dayMs;
  const startMs = Math.floor(next.getTime() / 1_000) * 1_000;
  return { everyMs, offsetMs: startMs % everyMs, startAt: new Date(startMs) };
}

/** An instant that the server still fires at: one that has passed when it arrives never fires. */
export function notBefore(next: Date, now: Date): Date {
  return new Date(Math.max(next.getTime(), now.getTime() + 60_000));
}
