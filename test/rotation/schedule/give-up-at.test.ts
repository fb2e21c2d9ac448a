import fc from 'fast-check';
import { giveUpAt } from '../../../rotation/schedule/give-up-at';
import { nextRotation } from '../../../rotation/schedule/next-rotation';
import { anyInstant, anyRules } from './any-rules';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const arn = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:app-AbCdEf';
const startedAt = new Date('2026-11-20T13:00:00Z');

it('is one day before the next rotation is due', () => {
  const rules = { automaticallyAfterDays: 30 };
  const due = nextRotation({ arn, lastRotation: startedAt, rules }).getTime();

  expect(giveUpAt({ arn, startedAt, rules })).toEqual(new Date(due - dayMs));
});

it.each(['rate(4 hours)', 'rate(1 day)', 'rate(36 hours)'])('is half the way to the next rotation by %s', (rate) => {
  const rules = { scheduleExpression: rate };
  const due = nextRotation({ arn, lastRotation: startedAt, rules }).getTime();

  expect(giveUpAt({ arn, startedAt, rules })).toEqual(new Date((startedAt.getTime() + due) / 2));
});

it('does not come for a secret without a Schedule', () => {
  expect(giveUpAt({ arn, startedAt })).toBeUndefined();
});

it.each([
  ['without a Schedule', undefined],
  ['whatever the rules say', { automaticallyAfterDays: 1 }],
])('is after the configured hours %s, also after a part of one', (_, rules) => {
  expect(giveUpAt({ arn, startedAt, giveUpAfterHours: 48, rules })).toEqual(new Date('2026-11-22T13:00:00Z'));
  expect(giveUpAt({ arn, startedAt, giveUpAfterHours: 0.25, rules })).toEqual(new Date('2026-11-20T13:15:00Z'));
});

describe('with any rules', () => {
  it('is after the beginning, and before the next rotation by a day, or by half the time between', () => {
    fc.assert(
      fc.property(anyRules, anyInstant, (rules, began) => {
        const due = nextRotation({ arn, lastRotation: began, rules }).getTime();
        const instant = giveUpAt({ arn, startedAt: began, rules })?.getTime() ?? NaN;

        const margin = Math.min(dayMs, (due - began.getTime()) / 2);
        expect(instant).toBeGreaterThan(began.getTime());
        expect(Math.abs(due - instant - margin)).toBeLessThan(1);
      }),
    );
  });

  it('is the same each time that it is asked', () => {
    fc.assert(
      fc.property(anyRules, anyInstant, (rules, began) => {
        expect(giveUpAt({ arn, startedAt: began, rules })).toEqual(giveUpAt({ arn, startedAt: began, rules }));
      }),
    );
  });
});
