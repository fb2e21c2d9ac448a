import { dayAt, type RotationSchedule, scheduleOf } from './rotation-schedule';
import { type RotationRules } from './secret';
import { midnight } from './secret-description';
import { invalidParameter } from './service-error';

/** The time in which a rotation starts at an unpredictable moment. */
export interface RotationWindow {
  readonly startsAt: number;
  readonly endsAt: number;
}

const hourMs = 60 * 60 * 1000;
const dayMs = 24 * hourMs;

/** The longest that a day of a cron schedule can be away: 29 February across a century. */
const searchDays = 8 * 366 + 1;

/**
 * Checks rotation rules as the service does.
 *
 * @throws ServiceError `InvalidParameterException`.
 */
export function checkRules(rules: RotationRules): void {
  if (rules.AutomaticallyAfterDays !== undefined && rules.ScheduleExpression !== undefined) {
    throw invalidParameter('You cannot specify both rotation frequency and schedule expression together.');
  }
  const schedule = scheduleOf(rules);
  const hours = durationHours(rules);
  if (hours === undefined) return;
  if (hours < 1 || hours > 24) throw invalidParameter('Invalid Duration. A window is 1h to 24h long.');
  if (schedule !== undefined && hours > longestWindow(schedule)) {
    throw invalidParameter('Invalid Duration. A window must not reach into the next window or the next UTC day.');
  }
}

/** The first window that starts after a moment, or undefined where the rules hold no schedule or it never comes. */
export function nextWindow(rules: RotationRules, after: number): RotationWindow | undefined {
  const schedule = scheduleOf(rules);
  const startsAt = schedule === undefined ? undefined : nextStart(schedule, after);
  if (schedule === undefined || startsAt === undefined) return undefined;
  const hours = durationHours(rules);
  if (hours !== undefined) return { startsAt, endsAt: startsAt + hours * hourMs };
  return { startsAt, endsAt: isHourly(schedule) ? startsAt + hourMs : midnight(startsAt) + dayMs };
}

/** Days between rotations, which the service reports beside an expression. */
export function daysBetween(rules: RotationRules, after: number): number | undefined {
  const first = nextWindow(rules, after);
  const second = first === undefined ? undefined : nextWindow(rules, first.startsAt);
  if (first === undefined || second === undefined) return undefined;
  return Math.max(1, Math.round((second.startsAt - first.startsAt) / dayMs));
}

function durationHours({ Duration: duration }: RotationRules): number | undefined {
  return duration === undefined ? undefined : Number(duration.slice(0, -1));
}

function isHourly(schedule: RotationSchedule): boolean {
  return schedule.kind === 'hours' || (schedule.kind === 'cron' && schedule.hours.length > 1);
}

/** In hours; a window ends before the next one starts, and with its day. */
function longestWindow(schedule: RotationSchedule): number {
  if (schedule.kind === 'days') return 24;
  if (schedule.kind === 'hours') return Math.min(24, schedule.hours);
  const ends = [...schedule.hours.slice(1), 24];
  return Math.min(...schedule.hours.map((hour, index) => (ends[index] ?? 24) - hour));
}

function nextStart(schedule: RotationSchedule, after: number): number | undefined {
  const today = midnight(after);
  if (schedule.kind === 'days') return today + schedule.days * dayMs;
  if (schedule.kind === 'cron') return nextCronStart(schedule, after);
  const stepMs = schedule.hours * hourMs;
  return today + (Math.floor((after - today) / stepMs) + 1) * stepMs;
}

function nextCronStart({ hours, isDue }: RotationSchedule & { kind: 'cron' }, after: number): number | undefined {
  const today = midnight(after);
  for (let day = today; day <= today + searchDays * dayMs; day += dayMs) {
    const start = isDue(dayAt(day)) ? hours.map((hour) => day + hour * hourMs).find((at) => at > after) : undefined;
    if (start !== undefined) return start;
  }
  return undefined;
}
