import { calendarDay } from './calendar-day';
import { type RotationRules } from './rotation-rules';
import { type CronSchedule, readSchedule, type RotationSchedule } from './rotation-schedule';
import { dayMs, floorTo, hourMs } from './time-units';

/** The time in which a rotation starts at an unpredictable moment. Whole hours, within one UTC day. */
export interface RotationWindow {
  readonly opensAt: Date;
  /** The first moment after it: what AWS calls NextRotationDate. */
  readonly closesAt: Date;
}

/**
 * The window of the next rotation, counted from when the last one really was.
 *
 * Days and rates count from the last point of their grid (midnight for days) before the last rotation, so that the
 * windows of rotations that they cause themselves are exactly an interval apart. A cron expression gives the next
 * window that opens after the last rotation; one that was already open then counts as used.
 *
 * @throws ConfigurationInvalidError for rules that `parseRotationRules` refuses.
 */
export function nextWindow({ lastRotation, rules }: { lastRotation: Date; rules: RotationRules }): RotationWindow {
  const schedule = readSchedule(rules);
  return windowFrom(schedule, nextOpening(schedule, lastRotation.getTime()));
}

/**
 * The window that is open at an instant, or else the first one that opens after it, for a rotation that is overdue. For
 * days and rates that is a window at any point of their grid: an overdue secret does not wait for a whole interval.
 *
 * @throws ConfigurationInvalidError for rules that `parseRotationRules` refuses.
 */
export function windowAtOrAfter({ instant, rules }: { instant: Date; rules: RotationRules }): RotationWindow {
  const schedule = readSchedule(rules);
  const at = instant.getTime();
  const opened = lastOpening(schedule, at);
  if (opened !== undefined && at < opened + schedule.windowHours * hourMs) return windowFrom(schedule, opened);
  if (schedule.kind === 'cron') return windowFrom(schedule, nextCronOpening(schedule, at));
  return windowFrom(schedule, floorTo(schedule.gridHours * hourMs, at) + schedule.gridHours * hourMs);
}

/**
 * Whether a rotation may begin at an instant: whether one of the rules' windows is open. By days without a duration one
 * always is.
 *
 * @throws ConfigurationInvalidError for rules that `parseRotationRules` refuses.
 */
export function isWindowOpen({ instant, rules }: { instant: Date; rules: RotationRules }): boolean {
  return windowAtOrAfter({ instant, rules }).opensAt <= instant;
}

/** The opening of the first window after a rotation; both in milliseconds. */
export function nextOpening(schedule: RotationSchedule, lastRotation: number): number {
  if (schedule.kind === 'cron') return nextCronOpening(schedule, lastRotation);
  return floorTo(schedule.gridHours * hourMs, lastRotation) + schedule.everyHours * hourMs;
}

/** The last opening at or before an instant on its UTC day, in milliseconds; undefined where there was none. */
export function lastOpening(schedule: RotationSchedule, at: number): number | undefined {
  if (schedule.kind === 'interval') return floorTo(schedule.gridHours * hourMs, at);
  return openingsOf(schedule, floorTo(dayMs, at)).findLast((opening) => opening <= at);
}

/** Ends, because a cron expression without any day to come is refused when it is read. */
function nextCronOpening(schedule: CronSchedule, after: number): number {
  for (let midnight = floorTo(dayMs, after); ; midnight += dayMs) {
    const opening = openingsOf(schedule, midnight).find((candidate) => candidate > after);
    if (opening !== undefined) return opening;
  }
}

function openingsOf({ hours, isDue }: CronSchedule, midnight: number): readonly number[] {
  return isDue(calendarDay(midnight)) ? hours.map((hour) => midnight + hour * hourMs) : [];
}

function windowFrom({ windowHours }: RotationSchedule, opening: number): RotationWindow {
  return { opensAt: new Date(opening), closesAt: new Date(opening + windowHours * hourMs) };
}
