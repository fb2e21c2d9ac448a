import { dayMs } from './time-units';

/** A day of the calendar in UTC. */
export interface CalendarDay {
  readonly dayOfMonth: number;
  readonly daysInMonth: number;
  /** 1 is January. */
  readonly month: number;
  /** 1 is Sunday. */
  readonly dayOfWeek: number;
}

/** Whether a schedule has windows on a day. */
export type DayTest = (day: CalendarDay) => boolean;

/** The day that begins at a midnight in UTC, given in milliseconds. */
export function calendarDay(midnight: number): CalendarDay {
  const date = new Date(midnight);
  const month = date.getUTCMonth() + 1;
  const daysInMonth = new Date(Date.UTC(date.getUTCFullYear(), month, 0)).getUTCDate();
  return { dayOfMonth: date.getUTCDate(), daysInMonth, month, dayOfWeek: date.getUTCDay() + 1 };
}

/** In 28 years the calendar goes through every kind of year: leap or not, beginning on each day of the week. */
const cycle = { begins: Date.UTC(2000, 0, 1), days: 28 * 365 + 7 };

/** Whether there is such a day in any year. */
export function everComes(isDue: DayTest): boolean {
  return someDay((midnight) => isDue(calendarDay(midnight)));
}

/** Whether there are two such days, one after the other, in any year. */
export function comesTwiceRunning(isDue: DayTest): boolean {
  return someDay((midnight) => isDue(calendarDay(midnight)) && isDue(calendarDay(midnight + dayMs)));
}

function someDay(test: (midnight: number) => boolean): boolean {
  for (let day = 0; day < cycle.days; day += 1) {
    if (test(cycle.begins + day * dayMs)) return true;
  }
  return false;
}
