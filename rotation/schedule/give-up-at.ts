import { nextRotation } from './next-rotation';
import { type RotationRules } from './rotation-rules';
import { dayMs, hourMs } from './time-units';

/** A rotation that begins, and what is known about how long it may try. */
export interface BegunRotation {
  readonly arn: string;
  readonly startedAt: Date;
  /** @defaultValue what the rules say */
  readonly giveUpAfterHours?: number | undefined;
  /** Absent for a secret that nobody rotates by a Schedule. */
  readonly rules?: RotationRules | undefined;
  /** When its Schedule fires next. @defaultValue as the rules say, counted from now */
  readonly dueAt?: Date | undefined;
}

/** A rotation that is asked for right before one that is due has this time at least; the one that is due joins it. */
const leastMs = hourMs;

/**
 * When a rotation that has not come to its test undoes by itself: after the hours that are configured, else one day
 * before the next rotation is due, or half the way to it where that is nearer than two days, but not within an hour.
 * Undefined for a secret without a Schedule: its rotation tries for ever.
 *
 * A pure function of its input.
 */
export function giveUpAt({ arn, startedAt, giveUpAfterHours, rules, dueAt }: BegunRotation): Date | undefined {
  const start = startedAt.getTime();
  if (giveUpAfterHours !== undefined) return new Date(start + giveUpAfterHours * hourMs);
  if (!rules) return undefined;
  const due = (dueAt ?? nextRotation({ arn, lastRotation: startedAt, rules })).getTime();
  return new Date(Math.max(due - dayMs, start + (due - start) / 2, start + leastMs));
}
