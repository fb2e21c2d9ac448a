import { type DayTest } from './calendar-day';
import { type CronField, refusedField, valueIn, valuesOf } from './cron-field';

/** The three fields of a cron expression that say on which days its windows lie. */
export interface CronDayFields {
  readonly dayOfMonth: string;
  readonly month: string;
  readonly dayOfWeek: string;
}

const dayOfMonthField: CronField = { title: 'day-of-month', min: 1, max: 31 };
const monthField: CronField = {
  title: 'month',
  min: 1,
  max: 12,
  names: ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'],
};
const dayOfWeekField: CronField = {
  title: 'day-of-week',
  min: 1,
  max: 7,
  names: ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'],
};

/**
 * The days that a cron expression means, by AWS's page "Rotation schedules": one of day-of-month and day-of-week is
 * `?`; `L` is the last day of the month, or of the week (Saturday); `SUNL` the last Sunday of the month, in either
 * field; `TUE#3` its third Tuesday. `6L`, a Friday by number, is read only in the day-of-week field.
 *
 * @throws ConfigurationInvalidError
 */
export function readCronDays({ dayOfMonth, month, dayOfWeek }: CronDayFields): DayTest {
  const isMonth = readField(month, readMonth);
  if (dayOfWeek === '?') {
    if (dayOfMonth === '?') throw refusedField(dayOfWeekField, '?', 'day-of-month is ? too; give one of the two');
    return both(isMonth, readField(dayOfMonth, readDayOfMonth));
  }
  if (dayOfMonth === '?') return both(isMonth, readField(dayOfWeek, readDayOfWeek));
  throw refusedField(dayOfWeekField, dayOfWeek, 'day-of-month is given; one of the two must be ?');
}

function both(first: DayTest, second: DayTest): DayTest {
  return (day) => first(day) && second(day);
}

/** A field is a list of items, or `*` alone. */
function readField(text: string, read: (item: string) => DayTest): DayTest {
  if (text === '*') return () => true;
  const tests = text.split(',').map(read);
  return (day) => tests.some((test) => test(day));
}

function readMonth(item: string): DayTest {
  const months = readValues(monthField, item);
  return ({ month }) => months.includes(month);
}

function readDayOfMonth(item: string): DayTest {
  if (item.toUpperCase() === 'L') return ({ dayOfMonth, daysInMonth }) => dayOfMonth === daysInMonth;
  const named = /^[a-z]{3}l$/i.test(item) ? lastDayOfWeek(item) : undefined;
  if (named) return named;
  const days = readValues(dayOfMonthField, item);
  return ({ dayOfMonth }) => days.includes(dayOfMonth);
}

function readDayOfWeek(item: string): DayTest {
  if (item.toUpperCase() === 'L') return ({ dayOfWeek }) => dayOfWeek === dayOfWeekField.max;
  if (item.includes('#')) return nthDayOfWeek(item);
  const last = lastDayOfWeek(item);
  if (last) return last;
  const days = readValues(dayOfWeekField, item);
  return ({ dayOfWeek }) => days.includes(dayOfWeek);
}

/** `*` stands alone: in a list it would make the rest of it pointless. */
function readValues(field: CronField, item: string): readonly number[] {
  if (item === '*') throw refusedField(field, item, 'in a list there is no wildcard for all values');
  return valuesOf(field, item);
}

function lastDayOfWeek(item: string): DayTest | undefined {
  const wanted = /l$/i.test(item) ? valueIn(dayOfWeekField, item.slice(0, -1)) : undefined;
  if (wanted === undefined) return undefined;
  return ({ dayOfWeek, dayOfMonth, daysInMonth }) => dayOfWeek === wanted && dayOfMonth > daysInMonth - 7;
}

function nthDayOfWeek(item: string): DayTest {
  const [word = '', nth = '', ...more] = item.split('#');
  const wanted = valueIn(dayOfWeekField, word);
  if (wanted === undefined || !/^[1-5]$/.test(nth) || more.length > 0) {
    throw refusedField(dayOfWeekField, item, 'before # stands a day of the week, after it a number from 1 to 5');
  }
  return ({ dayOfWeek, dayOfMonth }) => dayOfWeek === wanted && Math.ceil(dayOfMonth / 7) === Number(nth);
}
