import { ConfigurationInvalidError } from '../errors';
import { comesTwiceRunning, everComes, type DayTest } from './calendar-day';
import { readCronDays } from './cron-days';
import { type CronField, refusedField, valuesOf } from './cron-field';

/** When the windows of a cron expression open, in UTC. */
export interface CronOpenings {
  /** Of every day that is due; ascending, at least four apart, also over midnight. */
  readonly hours: readonly number[];
  /** Is true of some day of every 40 years. */
  readonly isDue: DayTest;
}

const hoursField: CronField = { title: 'hours', min: 0, max: 23 };
const leastHoursApart = 4;

/**
 * Reads what stands between the parentheses of `cron(…)`: minutes, hours, day-of-month, month, day-of-week, year.
 *
 * AWS's page "Rotation schedules": minutes are 0, because windows open on the hour, and the year is `*`. Hours are one
 * number or an increment, which resets each day: `2/10` is 02, 12 and 22 o'clock. At most one rotation in four hours,
 * which we also ask for over midnight. A day that never comes, such as 30 February, is refused; 29 February is not.
 *
 * @throws ConfigurationInvalidError
 */
export function readCron(text: string): CronOpenings {
  const fields = text.split(/ +/);
  if (fields.length !== 6) {
    throw new ConfigurationInvalidError(
      `A cron expression has six fields: minutes, hours, day-of-month, month, day-of-week, year; not ${fields.length}.`,
    );
  }
  const [minutes = '', hour = '', dayOfMonth = '', month = '', dayOfWeek = '', year = ''] = fields;
  if (minutes !== '0') throw refusedField({ title: 'minutes' }, minutes, 'it must be 0, windows open on the hour');
  if (year !== '*') throw refusedField({ title: 'year' }, year, 'it must be *');
  const openings = { hours: readHours(hour), isDue: readCronDays({ dayOfMonth, month, dayOfWeek }) };
  assertComes(openings, text);
  assertApart(openings, hour);
  return openings;
}

function readHours(text: string): readonly number[] {
  if (/^\d+$|^\d*\/\d+$/.test(text)) return valuesOf(hoursField, text);
  throw refusedField(hoursField, text, 'it is a number from 0 to 23 or an increment such as 2/10 or /8');
}

function assertComes({ isDue }: CronOpenings, text: string): void {
  if (everComes(isDue)) return;
  throw new ConfigurationInvalidError(`The cron expression "${text}" names a day that never comes.`);
}

function assertApart({ hours, isDue }: CronOpenings, text: string): void {
  const [first = 0] = hours;
  const within = hours.slice(1).map((hour, index) => hour - (hours[index] ?? 0));
  const overMidnight = first + 24 - (hours.at(-1) ?? 0);
  if (within.some((gap) => gap < leastHoursApart)) {
    throw refusedField(hoursField, text, `a secret rotates at most every ${leastHoursApart} hours`);
  }
  if (overMidnight < leastHoursApart && comesTwiceRunning(isDue)) {
    const why = `from the last window of a day to the first of the next there are less than ${leastHoursApart} hours`;
    throw refusedField(hoursField, text, why);
  }
}
