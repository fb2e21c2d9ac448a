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

it.each([
  { dueInDays: 10, afterDays: 9 },
  { dueInDays: 2, afterDays: 1 },
  { dueInDays: 1, afterDays: 0.5 },
])('is after $afterDays days where the Schedule fires in $dueInDays, whatever the rules say', (days) => {
  const dueAt = new Date(startedAt.getTime() + days.dueInDays * dayMs);

  const instant = giveUpAt({ arn, startedAt, rules: { automaticallyAfterDays: 30 }, dueAt });

  expect(instant).toEqual(new Date(startedAt.getTime() + days.afterDays * dayMs));
});

it.each([60_000, 0, -dayMs])('is not within an hour, where the next one is due in %d ms', (inMs) => {
  const dueAt = new Date(startedAt.getTime() + inMs);

  const instant = giveUpAt({ arn, startedAt, rules: { automaticallyAfterDays: 30 }, dueAt });

  expect(instant).toEqual(new Date(startedAt.getTime() + hourMs));
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
  it('is an hour after the beginning or later, and before the next one by a day or by half the time between', () => {
    fc.assert(
      fc.property(anyRules, anyInstant, (rules, began) => {
        const due = nextRotation({ arn, lastRotation: began, rules }).getTime();
        const instant = giveUpAt({ arn, startedAt: began, rules })?.getTime() ?? NaN;

        const margin = Math.min(dayMs, (due - began.getTime()) / 2);
        const earliest = began.getTime() + hourMs;
        expect(Math.abs(instant - Math.max(due - margin, earliest))).toBeLessThan(1);
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
