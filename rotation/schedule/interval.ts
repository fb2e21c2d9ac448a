import { type RotationRules } from './rotation-rules';
import { readSchedule, type RotationSchedule } from './rotation-schedule';
import { lastOpening, nextOpening } from './rotation-window';
import { floorTo, hourMs } from './time-units';

/** An interval Schedule that first fires at an exact instant; both numbers are whole seconds in milliseconds. */
export interface ArmedInterval {
  readonly everyMs: number;
  /** Where the interval lies against the Unix epoch, which Temporal aligns intervals to. */
  readonly offsetMs: number;
  readonly startAt: Date;
}

/**
 * The interval that first fires at `next` and then repeats, so that a Schedule which is never armed again still
 * rotates. A one-shot would be deleted by the server after a week. The repetition is only this net: every rotation arms
 * anew.
 *
 * It repeats by the days or the rate, which keeps it inside the windows. For a cron expression the interval is from the
 * window of `next` to the one after it: the first repetition falls into that one, later ones may miss their windows
 * where the calendar is uneven, and what fires outside them rotates nothing but is armed anew.
 *
 * `startAt` alone is no anchor, and an offset with a fraction of a second makes the Schedule fire once and stop.
 *
 * @throws ConfigurationInvalidError for rules that `parseRotationRules` refuses.
 */
export function armedInterval(next: Date, rules: RotationRules): ArmedInterval {
  const startMs = floorTo(1_000, next.getTime());
  const everyMs = repetition(readSchedule(rules), startMs);
  return { everyMs, offsetMs: startMs % everyMs, startAt: new Date(startMs) };
}

function repetition(schedule: RotationSchedule, start: number): number {
  if (schedule.kind === 'interval') return schedule.everyHours * hourMs;
  const opening = lastOpening(schedule, start) ?? floorTo(hourMs, start);
  return nextOpening(schedule, opening + 4 * hourMs - 1) - opening;
}
