import { Cron } from 'croner';
import fc from 'fast-check';
import { parseRotationRules } from '../../../rotation/schedule/parse-rotation-rules';
import { type RotationRules } from '../../../rotation/schedule/rotation-rules';
import { isWindowOpen, nextWindow, windowAtOrAfter } from '../../../rotation/schedule/rotation-window';
import { anyInstant, anyRules } from './any-rules';

const hourMs = 3_600_000;
const dayMs = 86_400_000;

function spanOf({ opensAt, closesAt }: { opensAt: Date; closesAt: Date }): string {
  const hours = (closesAt.getTime() - opensAt.getTime()) / hourMs;
  return `${opensAt.toISOString().slice(0, 16)} for ${hours}h`;
}

function window(rules: RotationRules, lastRotation: string): string {
  return spanOf(nextWindow({ lastRotation: new Date(`${lastRotation}Z`), rules: parseRotationRules(rules) }));
}

describe('the window after a rotation', () => {
  it.each([
    { days: 30, from: '2026-11-20T13:00', to: '2026-12-20T00:00 for 24h' },
    { days: 1, from: '2028-02-28T23:59', to: '2028-02-29T00:00 for 24h' },
    { days: 1, from: '2028-02-29T00:00', to: '2028-03-01T00:00 for 24h' },
    { days: 30, duration: '3h', from: '2026-11-20T13:00', to: '2026-12-20T00:00 for 3h' },
  ])('by $days days ($duration) from $from is $to', ({ days, duration, from, to }) => {
    expect(window({ automaticallyAfterDays: days, ...(duration ? { duration } : {}) }, from)).toBe(to);
  });

  it.each([
    { rate: '10 days', from: '2026-11-20T13:00', to: '2026-11-30T00:00 for 24h' },
    { rate: '1 day', from: '2027-02-28T13:00', to: '2027-03-01T00:00 for 24h' },
    { rate: '4 hours', from: '2026-11-20T12:00', to: '2026-11-20T16:00 for 1h' },
    { rate: '4 hours', from: '2026-11-20T15:59', to: '2026-11-20T16:00 for 1h' },
    { rate: '4 hours', from: '2026-12-31T20:30', to: '2027-01-01T00:00 for 1h' },
    { rate: '4 hours', duration: '4h', from: '2026-11-20T19:59', to: '2026-11-20T20:00 for 4h' },
    { rate: '24 hours', from: '2028-02-28T00:10', to: '2028-02-29T00:00 for 1h' },
    { rate: '48 hours', from: '2026-11-20T13:00', to: '2026-11-22T00:00 for 1h' },
    { rate: '5 hours', from: '2026-11-20T20:10', to: '2026-11-21T01:00 for 1h' },
    { rate: '10 hours', from: '2026-11-20T13:10', to: '2026-11-20T22:00 for 1h' },
    { rate: '36 hours', from: '2026-11-20T13:10', to: '2026-11-22T00:00 for 1h' },
  ])('by a rate of $rate ($duration) from $from is $to', ({ rate, duration, from, to }) => {
    expect(window({ scheduleExpression: `rate(${rate})`, ...(duration ? { duration } : {}) }, from)).toBe(to);
  });

  it.each([
    { cron: '0 10 * * ? *', from: '2026-11-20T09:59', to: '2026-11-20T10:00 for 14h' },
    { cron: '0 10 * * ? *', from: '2026-11-20T10:00', to: '2026-11-21T10:00 for 14h' },
    { cron: '0 10 * * ? *', from: '2026-11-20T23:59', to: '2026-11-21T10:00 for 14h' },
    { cron: '0 10 * * ? *', duration: '2h', from: '2026-12-31T10:30', to: '2027-01-01T10:00 for 2h' },
    { cron: '0 /8 * * ? *', from: '2026-11-20T08:30', to: '2026-11-20T16:00 for 1h' },
    { cron: '0 2/10 * * ? *', from: '2026-11-20T01:59', to: '2026-11-20T02:00 for 1h' },
    { cron: '0 2/10 * * ? *', from: '2026-11-20T12:00', to: '2026-11-20T22:00 for 1h' },
    { cron: '0 2/10 * * ? *', from: '2026-11-20T22:10', to: '2026-11-21T02:00 for 1h' },
    { cron: '0 20/12 * * ? *', from: '2026-11-20T20:10', to: '2026-11-21T20:00 for 4h' },
    { cron: '0 18 ? * SAT *', from: '2026-11-20T13:00', to: '2026-11-21T18:00 for 6h' },
    { cron: '0 18 ? * 7 *', from: '2026-11-21T18:30', to: '2026-11-28T18:00 for 6h' },
    { cron: '0 18 ? * L *', from: '2026-11-20T13:00', to: '2026-11-21T18:00 for 6h' },
    { cron: '0 8 ? * MON-FRI *', from: '2026-11-20T08:30', to: '2026-11-23T08:00 for 16h' },
    { cron: '0 8 1 * ? *', from: '2026-11-20T13:00', to: '2026-12-01T08:00 for 16h' },
    { cron: '0 16 1,15 * ? *', from: '2026-12-15T16:30', to: '2027-01-01T16:00 for 8h' },
    { cron: '0 8 31 * ? *', from: '2027-01-31T08:30', to: '2027-03-31T08:00 for 16h' },
    { cron: '0 17 L * ? *', from: '2027-02-01T00:00', to: '2027-02-28T17:00 for 7h' },
    { cron: '0 17 L * ? *', from: '2028-02-01T00:00', to: '2028-02-29T17:00 for 7h' },
    { cron: '0 17 L * ? *', from: '2027-04-30T17:00', to: '2027-05-31T17:00 for 7h' },
    { cron: '0 8 SUNL * ? *', from: '2026-11-20T13:00', to: '2026-11-29T08:00 for 16h' },
    { cron: '0 8 ? * 1L *', from: '2026-11-20T13:00', to: '2026-11-29T08:00 for 16h' },
    { cron: '0 8 1/2 * ? *', from: '2027-01-31T08:30', to: '2027-02-01T08:00 for 16h' },
    { cron: '0 8 ? * TUE#3 *', from: '2026-11-17T08:30', to: '2026-12-15T08:00 for 16h' },
    { cron: '0 8 ? * 3#3 *', from: '2026-11-17T08:30', to: '2026-12-15T08:00 for 16h' },
    { cron: '0 8 ? * MON#5 *', from: '2026-11-30T08:30', to: '2027-03-29T08:00 for 16h' },
    { cron: '0 1 ? 1/3 SUN#1 *', from: '2026-11-20T13:00', to: '2027-01-03T01:00 for 23h' },
    { cron: '0 0 ? 1/11 2#1 *', from: '2027-01-04T00:10', to: '2027-12-06T00:00 for 24h' },
    { cron: '0 8 29 2 ? *', from: '2026-11-20T13:00', to: '2028-02-29T08:00 for 16h' },
    { cron: '0 8 29 2 ? *', from: '2096-02-29T08:30', to: '2104-02-29T08:00 for 16h' },
    { cron: '0 8 ? 2 MON#5 *', from: '2026-11-20T13:00', to: '2044-02-29T08:00 for 16h' },
    { cron: '0 8 ? 2 MON#5 *', from: '2072-02-29T08:30', to: '2112-02-29T08:00 for 16h' },
  ])('by $cron ($duration) from $from is $to', ({ cron, duration, from, to }) => {
    expect(window({ scheduleExpression: `cron(${cron})`, ...(duration ? { duration } : {}) }, from)).toBe(to);
  });

  it.each([
    { rate: '30 days', days: 30 },
    { rate: '720 hours', days: 30, duration: '24h' },
  ])('by a rate of $rate is that by $days days', ({ rate, days, duration }) => {
    fc.assert(
      fc.property(anyInstant, (lastRotation) => {
        const rules = { scheduleExpression: `rate(${rate})`, ...(duration ? { duration } : {}) };

        const same = nextWindow({ lastRotation, rules: { automaticallyAfterDays: days } });

        expect(nextWindow({ lastRotation, rules })).toEqual(same);
      }),
    );
  });

  it.each([4, 5, 7, 9, 10, 23, 25, 36, 48, 100])(
    'by a rate of %i hours is that many hours after the one before',
    (n) => {
      const rules = { scheduleExpression: `rate(${n} hours)` };
      fc.assert(
        fc.property(anyInstant, fc.integer({ min: 0, max: 59 }), (start, minute) => {
          const first = nextWindow({ lastRotation: start, rules });
          const rotation = new Date(first.opensAt.getTime() + minute * 60_000);

          const second = nextWindow({ lastRotation: rotation, rules });

          expect(second.opensAt.getTime() - first.opensAt.getTime()).toBe(n * hourMs);
        }),
      );
    },
  );
});

describe('a window of any rules', () => {
  it('opens on the hour after the last rotation, and lies within one UTC day', () => {
    fc.assert(
      fc.property(anyRules, anyInstant, (rules, lastRotation) => {
        const { opensAt, closesAt } = nextWindow({ lastRotation, rules });

        expect(opensAt.getTime()).toBeGreaterThan(lastRotation.getTime());
        expect(opensAt.getTime() % hourMs).toBe(0);
        expect(closesAt.getTime()).toBeGreaterThanOrEqual(opensAt.getTime() + hourMs);
        expect(closesAt.getTime()).toBeLessThanOrEqual(Math.floor(opensAt.getTime() / dayMs) * dayMs + dayMs);
      }),
    );
  });

  it('has closed when the next one opens, and is four hours before it', () => {
    fc.assert(
      fc.property(anyRules, anyInstant, fc.nat({ max: 1_439 }), (rules, start, minute) => {
        const first = nextWindow({ lastRotation: start, rules });
        const length = first.closesAt.getTime() - first.opensAt.getTime();
        const rotation = new Date(first.opensAt.getTime() + ((minute * 60_000) % length));

        const second = nextWindow({ lastRotation: rotation, rules });

        expect(second.opensAt.getTime()).toBeGreaterThanOrEqual(first.closesAt.getTime());
        expect(second.opensAt.getTime() - first.opensAt.getTime()).toBeGreaterThanOrEqual(4 * hourMs);
      }),
    );
  });

  it('comes no earlier after a later rotation', () => {
    fc.assert(
      fc.property(anyRules, anyInstant, anyInstant, (rules, one, other) => {
        const [earlier, later] = one < other ? [one, other] : [other, one];

        const first = nextWindow({ lastRotation: earlier, rules });
        const second = nextWindow({ lastRotation: later, rules });

        expect(second.opensAt.getTime()).toBeGreaterThanOrEqual(first.opensAt.getTime());
      }),
    );
  });
});

describe('the windows of a cron expression', () => {
  const number = (min: number, max: number): fc.Arbitrary<string> => fc.integer({ min, max }).map(String);
  const range = (min: number, max: number): fc.Arbitrary<string> =>
    fc.tuple(fc.integer({ min, max }), fc.integer({ min, max })).map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`);
  const list = (item: fc.Arbitrary<string>): fc.Arbitrary<string> =>
    fc.array(item, { minLength: 1, maxLength: 3 }).map((items) => items.join(','));
  const names = fc.constantFrom('SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT');

  const hours = fc.constantFrom('0', '7', '23', '0/4', '1/5', '2/10', '3/12', '4/6');
  const months = fc.oneof(fc.constant('*'), list(fc.oneof(number(1, 12), range(1, 12))));
  const daysOfMonth = fc.oneof(fc.constantFrom('*', 'L'), list(fc.oneof(number(1, 28), range(1, 31))));
  const daysOfWeek = fc.oneof(
    fc.constant('*'),
    list(fc.oneof(number(1, 7), range(1, 7), names)),
    names.map((name) => `${name}L`),
    fc.tuple(names, number(1, 4)).map(([name, nth]) => `${name}#${nth}`),
  );
  const days = fc.oneof(
    daysOfMonth.map((field) => ({ dayOfMonth: field, dayOfWeek: '?' })),
    daysOfWeek.map((field) => ({ dayOfMonth: '?', dayOfWeek: field })),
  );

  const inCroner = (field: string): string => (field === '?' ? '*' : field.replace(/^(\d+)\//, '$1-23/'));

  it('open when an independent reader of cron says so', () => {
    fc.assert(
      fc.property(
        fc.record({ hour: hours, day: days, month: months }),
        anyInstant,
        ({ hour, day, month }, lastRotation) => {
          const { dayOfMonth, dayOfWeek } = day;
          const rules = { scheduleExpression: `cron(0 ${hour} ${dayOfMonth} ${month} ${dayOfWeek} *)` };
          const fields = [hour, dayOfMonth, month, dayOfWeek].map(inCroner).join(' ');
          const reader = new Cron(`0 0 ${fields}`, { timezone: 'UTC', alternativeWeekdays: true });

          const { opensAt } = nextWindow({ lastRotation, rules });

          expect(opensAt).toEqual(reader.nextRun(lastRotation));
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('the window for a rotation that is overdue', () => {
  const at = (rules: RotationRules, instant: string): string =>
    spanOf(windowAtOrAfter({ instant: new Date(`${instant}Z`), rules }));

  it.each([
    { rules: { automaticallyAfterDays: 30 }, now: '2026-11-20T13:00', to: '2026-11-20T00:00 for 24h' },
    { rules: { automaticallyAfterDays: 30, duration: '3h' }, now: '2026-11-20T02:59', to: '2026-11-20T00:00 for 3h' },
    { rules: { automaticallyAfterDays: 30, duration: '3h' }, now: '2026-11-20T03:00', to: '2026-11-21T00:00 for 3h' },
    { rules: { scheduleExpression: 'rate(48 hours)' }, now: '2026-11-20T13:00', to: '2026-11-21T00:00 for 1h' },
    { rules: { scheduleExpression: 'rate(4 hours)' }, now: '2026-11-20T12:59', to: '2026-11-20T12:00 for 1h' },
    { rules: { scheduleExpression: 'rate(4 hours)' }, now: '2026-11-20T13:00', to: '2026-11-20T16:00 for 1h' },
    { rules: { scheduleExpression: 'cron(0 8 1 * ? *)' }, now: '2026-12-01T23:59', to: '2026-12-01T08:00 for 16h' },
    { rules: { scheduleExpression: 'cron(0 8 1 * ? *)' }, now: '2026-12-02T00:00', to: '2027-01-01T08:00 for 16h' },
    { rules: { scheduleExpression: 'cron(0 8 1 * ? *)' }, now: '2026-12-01T08:00', to: '2026-12-01T08:00 for 16h' },
    { rules: { scheduleExpression: 'cron(0 8 1 * ? *)' }, now: '2026-12-01T07:59', to: '2026-12-01T08:00 for 16h' },
  ])('by $rules at $now is $to', ({ rules, now, to }) => {
    expect(at(rules, now)).toBe(to);
  });
});

describe('a window of rules is open', () => {
  it.each<[RotationRules, string, boolean]>([
    [{ automaticallyAfterDays: 30 }, '2026-11-20T13:00', true],
    [{ scheduleExpression: 'rate(10 days)' }, '2026-11-20T23:59', true],
    [{ automaticallyAfterDays: 30, duration: '3h' }, '2026-11-20T02:59', true],
    [{ automaticallyAfterDays: 30, duration: '3h' }, '2026-11-20T03:00', false],
    [{ scheduleExpression: 'rate(4 hours)' }, '2026-11-20T12:00', true],
    [{ scheduleExpression: 'rate(4 hours)' }, '2026-11-20T11:59', false],
    [{ scheduleExpression: 'cron(0 8 L * ? *)', duration: '2h' }, '2028-02-29T09:59', true],
    [{ scheduleExpression: 'cron(0 8 L * ? *)', duration: '2h' }, '2028-02-28T09:59', false],
    [{ scheduleExpression: 'cron(0 8 L * ? *)', duration: '2h' }, '2027-02-28T09:59', true],
    [{ scheduleExpression: 'cron(0 8 L * ? *)', duration: '2h' }, '2027-03-01T09:59', false],
  ])('by %j at %s: %s', (rules, instant, open) => {
    expect(isWindowOpen({ instant: new Date(`${instant}Z`), rules })).toBe(open);
  });

  it('from its opening to the moment before its end', () => {
    fc.assert(
      fc.property(anyRules, anyInstant, fc.double({ min: 0, max: 1, noNaN: true }), (rules, lastRotation, part) => {
        const { opensAt, closesAt } = nextWindow({ lastRotation, rules });

        const within = opensAt.getTime() + Math.floor(part * (Number(closesAt) - Number(opensAt) - 1));
        expect(isWindowOpen({ instant: new Date(within), rules })).toBe(true);
      }),
    );
  });

  it('at no other time by a cron expression: not from the end of a window to the opening of the next', () => {
    const byCron = anyRules.filter(({ scheduleExpression = '' }) => scheduleExpression.startsWith('cron'));
    fc.assert(
      fc.property(byCron, anyInstant, fc.double({ min: 0, max: 1, noNaN: true }), (rules, start, part) => {
        const { opensAt, closesAt } = nextWindow({ lastRotation: start, rules });
        const { opensAt: next } = nextWindow({ lastRotation: opensAt, rules });
        fc.pre(next > closesAt);

        const between = closesAt.getTime() + Math.floor(part * (Number(next) - Number(closesAt) - 1));
        expect(isWindowOpen({ instant: new Date(between), rules })).toBe(false);
      }),
    );
  });
});
