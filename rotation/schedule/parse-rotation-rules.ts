import { ConfigurationInvalidError } from '../errors';
import { type RotationRules } from './rotation-rules';
import { readSchedule } from './rotation-schedule';

const members: readonly string[] = ['automaticallyAfterDays', 'scheduleExpression', 'duration'];

/**
 * Rules from the outside, checked by everything that AWS documents. A member that is undefined counts as left out.
 *
 * @throws ConfigurationInvalidError that says what is wrong with them.
 */
export function parseRotationRules(input: unknown): RotationRules {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw new ConfigurationInvalidError('The rotation rules must be an object.');
  }
  const given = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));
  const unknown = Object.keys(given).find((name) => !members.includes(name));
  if (unknown !== undefined) {
    throw new ConfigurationInvalidError(
      `Rotation rules have ${members.join(', ')}, but no ${JSON.stringify(unknown)}.`,
    );
  }
  const rules = { ...parseInterval(given), ...parseDuration(given) };
  readSchedule(rules);
  return rules;
}

function parseInterval({ automaticallyAfterDays: days, scheduleExpression: expression }: Given): RotationRules {
  if (days !== undefined && expression !== undefined) {
    throw new ConfigurationInvalidError('Give automaticallyAfterDays or scheduleExpression, not both.');
  }
  if (days !== undefined) return { automaticallyAfterDays: parseDays(days) };
  if (expression === undefined) {
    throw new ConfigurationInvalidError('Give automaticallyAfterDays or scheduleExpression.');
  }
  if (typeof expression === 'string') return { scheduleExpression: expression };
  throw new ConfigurationInvalidError('scheduleExpression must be a text such as "rate(10 days)".');
}

function parseDays(days: unknown): number {
  if (typeof days === 'number') return days;
  throw new ConfigurationInvalidError('automaticallyAfterDays must be a whole number from 1 to 1000.');
}

function parseDuration({ duration }: Given): { duration?: string } {
  if (duration === undefined) return {};
  if (typeof duration === 'string') return { duration };
  throw new ConfigurationInvalidError('duration must be a text such as "3h".');
}

type Given = Readonly<Record<string, unknown>>;
