import { ConfigurationInvalidError } from '../errors';
import { type CronOpenings, readCron } from './cron-expression';
import { type RotationRules } from './rotation-rules';

/** Windows counted from the last rotation: `automaticallyAfterDays` and `rate(…)`. */
export interface IntervalSchedule {
  readonly kind: 'interval';
  readonly everyHours: number;
  /**
   * Windows open at multiples of this after midnight UTC: the most hours that divide both the day and the interval, so
   * 24 for whole days, 4 for `rate(4 hours)`, 1 for `rate(5 hours)`.
   */
  readonly gridHours: number;
  readonly windowHours: number;
}

/** Windows that the calendar gives: `cron(…)`. */
export interface CronSchedule extends CronOpenings {
  readonly kind: 'cron';
  readonly windowHours: number;
}

/** When windows open, on the hour in UTC, and for how long. None reaches into the next one or into the next UTC day. */
export type RotationSchedule = IntervalSchedule | CronSchedule;

/** AWS: "You can rotate a secret as often as every four hours. The maximum rotation period is 999 days." */
const rateHours = { least: 4, most: 999 * 24 };

/**
 * The schedule that rules stand for, by AWS's page "Rotation schedules" and RotationRulesType of its API.
 *
 * Without a duration a window is an hour long where the schedule is in hours (`rate(… hours)`, or a cron expression
 * with several windows a day) and lasts to the end of the UTC day where it is in days.
 *
 * @throws ConfigurationInvalidError
 */
export function readSchedule({
  automaticallyAfterDays,
  scheduleExpression,
  duration,
}: RotationRules): RotationSchedule {
  const schedule =
    scheduleExpression === undefined
      ? interval({ everyHours: readDays(automaticallyAfterDays) * 24, windowHours: 24 })
      : readExpression(scheduleExpression);
  return duration === undefined ? schedule : { ...schedule, windowHours: readDuration(duration, schedule) };
}

function readDays(days: number): number {
  if (Number.isInteger(days) && days >= 1 && days <= 1_000) return days;
  throw new ConfigurationInvalidError(`automaticallyAfterDays must be a whole number from 1 to 1000, not ${days}.`);
}

function readExpression(text: string): RotationSchedule {
  if (text.length > 256) throw new ConfigurationInvalidError('scheduleExpression has at most 256 characters.');
  const stray = /[^0-9A-Za-z()#?*\-/, ]/.exec(text)?.[0];
  if (stray !== undefined) {
    throw new ConfigurationInvalidError(`scheduleExpression cannot hold the character ${JSON.stringify(stray)}.`);
  }
  const [, kind, inner = ''] = /^(rate|cron)\(([^()]*)\)$/.exec(text) ?? [];
  if (kind === 'rate') return readRate(inner);
  if (kind === 'cron') return cron(readCron(inner));
  throw new ConfigurationInvalidError(`scheduleExpression is rate(…) or cron(…), not "${text}".`);
}

function readRate(text: string): RotationSchedule {
  const [, amount, unit = ''] = /^([1-9]\d*) (hours?|days?)$/.exec(text) ?? [];
  if (amount === undefined) {
    throw new ConfigurationInvalidError(
      `A rate is a positive whole number, a space and hour, hours, day or days, not "${text}".`,
    );
  }
  const inHours = unit.startsWith('hour');
  const everyHours = Number(amount) * (inHours ? 1 : 24);
  if (everyHours < rateHours.least || everyHours > rateHours.most) {
    throw new ConfigurationInvalidError(`A rate is at least 4 hours and at most 999 days, not ${text}.`);
  }
  return interval({ everyHours, windowHours: inHours ? 1 : 24 });
}

function interval({ everyHours, windowHours }: { everyHours: number; windowHours: number }): IntervalSchedule {
  return { kind: 'interval', everyHours, gridHours: greatestCommonDivisor(everyHours, 24), windowHours };
}

function cron(openings: CronOpenings): CronSchedule {
  const [first = 0, ...more] = openings.hours;
  return { kind: 'cron', ...openings, windowHours: more.length > 0 ? 1 : 24 - first };
}

function readDuration(duration: string, schedule: RotationSchedule): number {
  const hours = /^\d{1,2}h$/.test(duration) ? Number(duration.slice(0, -1)) : NaN;
  if (!(hours >= 1 && hours <= 24)) {
    throw new ConfigurationInvalidError(`duration is a number of hours from 1h to 24h, not "${duration}".`);
  }
  const longest = longestWindow(schedule);
  if (hours <= longest) return hours;
  throw new ConfigurationInvalidError(
    `A window of ${duration} reaches into the next window or the next UTC day; here it lasts at most ${longest}h.`,
  );
}

function longestWindow(schedule: RotationSchedule): number {
  if (schedule.kind === 'interval') return schedule.gridHours;
  const { hours } = schedule;
  return Math.min(...hours.map((hour, index) => (hours[index + 1] ?? 24) - hour));
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
