import { type Day, dayOfMonthTest, type DayTest, monthTest, weekdayTest } from './cron-days';
import { numbersIn } from './cron-field';
import { type RotationRules } from './secret';
import { invalidParameter } from './service-error';

/** When the windows of a schedule start, all in UTC. */
export type RotationSchedule =
  | { readonly kind: 'days'; readonly days: number }
  | { readonly kind: 'hours'; readonly hours: number }
  | { readonly kind: 'cron'; readonly hours: readonly number[]; readonly isDue: DayTest };

const shortestHours = 4;
const ratePattern = /^rate\(([1-9]\d{0,3}) (hours?|days?)\)$/;
const cronPattern = /^cron\((\S+) (\S+) (\S+) (\S+) (\S+) (\S+)\)$/;

/**
 * The schedule that rules stand for, or undefined where they hold none.
 *
 * @throws ServiceError `InvalidParameterException` for rules that the service refuses.
 */
export function scheduleOf(rules: RotationRules): RotationSchedule | undefined {
  const { AutomaticallyAfterDays: days, ScheduleExpression: expression } = rules;
  if (expression !== undefined) return readExpression(expression);
  return days === undefined ? undefined : { kind: 'days', days };
}

function readExpression(expression: string): RotationSchedule {
  const [, amount, unit] = ratePattern.exec(expression) ?? [];
  if (amount !== undefined && unit !== undefined) return readRate({ amount: Number(amount), unit });
  const [, ...fields] = cronPattern.exec(expression) ?? [];
  if (fields.length === 6) return readCron(fields);
  throw invalidParameter('Invalid ScheduleExpression. Use rate(N hours), rate(N days) or cron(0 H DoM Mon DoW *).');
}

function readRate({ amount, unit }: { amount: number; unit: string }): RotationSchedule {
  if (unit.startsWith('day')) {
    if (amount > 1000) throw invalidParameter('Invalid ScheduleExpression. The rate can be at most 1000 days.');
    return { kind: 'days', days: amount };
  }
  if (amount < shortestHours) {
    throw invalidParameter(`Invalid ScheduleExpression. A secret can rotate at most every ${shortestHours} hours.`);
  }
  return { kind: 'hours', hours: amount };
}

function readCron([
  minutes,
  hour = '',
  dayOfMonth = '',
  month = '',
  weekday = '',
  year,
]: readonly string[]): RotationSchedule {
  if (minutes !== '0')
    throw invalidParameter('Invalid ScheduleExpression. The minutes of a cron expression must be 0.');
  if (year !== '*') throw invalidParameter('Invalid ScheduleExpression. The year of a cron expression must be *.');
  const hours = readHours(hour);
  const isMonth = monthTest(month);
  const isDay = readDays({ dayOfMonth, weekday });
  if (hours === undefined || isMonth === undefined || isDay === undefined) {
    throw invalidParameter('Invalid ScheduleExpression. A field of the cron expression is not valid.');
  }
  return { kind: 'cron', hours, isDue: (day) => isMonth(day) && isDay(day) };
}

function readHours(field: string): number[] | undefined {
  if (!/^(\d{1,2}|(\d{1,2}|\*)?\/\d{1,2})$/.test(field)) return undefined;
  const hours = numbersIn({ min: 0, max: 23 }, field);
  const tooOften = hours?.some((hour, index) => index > 0 && hour - (hours[index - 1] ?? 0) < shortestHours) ?? false;
  if (tooOften)
    throw invalidParameter(`Invalid ScheduleExpression. A secret can rotate at most every ${shortestHours} hours.`);
  return hours;
}

function readDays({ dayOfMonth, weekday }: { dayOfMonth: string; weekday: string }): DayTest | undefined {
  if ((dayOfMonth === '?') === (weekday === '?')) {
    throw invalidParameter('Invalid ScheduleExpression. One of day-of-month and day-of-week must be ?.');
  }
  return weekday === '?' ? dayOfMonthTest(dayOfMonth) : weekdayTest(weekday);
}

/** The calendar's view of a midnight in UTC. */
export function dayAt(midnightMs: number): Day {
  const date = new Date(midnightMs);
  const daysInMonth = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  return {
    dayOfMonth: date.getUTCDate(),
    month: date.getUTCMonth() + 1,
    weekday: date.getUTCDay() + 1,
    daysInMonth,
  };
}
