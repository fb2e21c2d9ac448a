import { type FieldRange, numberIn, numbersIn } from './cron-field';

/** A day of the calendar, in UTC. */
export interface Day {
  readonly dayOfMonth: number;
  /** From 1, January. */
  readonly month: number;
  /** From 1, Sunday. */
  readonly weekday: number;
  readonly daysInMonth: number;
}

/** Whether a day is one of those that a field, or an item of it, stands for. */
export type DayTest = (day: Day) => boolean;

const weekdays: FieldRange = { min: 1, max: 7, names: ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'] };
const monthNames = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];

/** Reads the day-of-month field; undefined where it is not valid. */
export function dayOfMonthTest(field: string): DayTest | undefined {
  return anyOf(field, (item) => {
    if (item === 'L') return (day) => day.dayOfMonth === day.daysInMonth;
    return lastWeekday(item) ?? among(numbersIn({ min: 1, max: 31 }, item), ({ dayOfMonth }) => dayOfMonth);
  });
}

/** Reads the month field; undefined where it is not valid. */
export function monthTest(field: string): DayTest | undefined {
  return anyOf(field, (item) => among(numbersIn({ min: 1, max: 12, names: monthNames }, item), ({ month }) => month));
}

/** Reads the day-of-week field; undefined where it is not valid. */
export function weekdayTest(field: string): DayTest | undefined {
  return anyOf(field, (item) => {
    if (item === 'L') return ({ weekday }) => weekday === weekdays.max;
    return lastWeekday(item) ?? nthWeekday(item) ?? among(numbersIn(weekdays, item), ({ weekday }) => weekday);
  });
}

/** A field is a list; every item must be valid and one must fit. */
function anyOf(field: string, read: (item: string) => DayTest | undefined): DayTest | undefined {
  const tests = field.split(',').map(read);
  const valid = tests.filter((test) => test !== undefined);
  return valid.length === tests.length ? (day) => valid.some((test) => test(day)) : undefined;
}

function among(numbers: readonly number[] | undefined, of: (day: Day) => number): DayTest | undefined {
  return numbers === undefined ? undefined : (day) => numbers.includes(of(day));
}

/** `FRIL` or `6L`: the last Friday of the month. */
function lastWeekday(item: string): DayTest | undefined {
  const wanted = item.endsWith('L') ? numberIn(weekdays, item.slice(0, -1)) : undefined;
  if (wanted === undefined) return undefined;
  return ({ weekday, dayOfMonth, daysInMonth }) => weekday === wanted && dayOfMonth > daysInMonth - 7;
}

/** `MON#2` or `2#2`: the second Monday of the month. */
function nthWeekday(item: string): DayTest | undefined {
  const [name = '', nth = '', ...more] = item.split('#');
  const wanted = numberIn(weekdays, name);
  if (wanted === undefined || !/^[1-5]$/.test(nth) || more.length > 0) return undefined;
  return ({ weekday, dayOfMonth }) => weekday === wanted && Math.ceil(dayOfMonth / 7) === Number(nth);
}
