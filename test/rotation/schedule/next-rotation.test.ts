import fc from 'fast-check';
import { ConfigurationInvalidError } from '../../../rotation/errors';
import { dueRotation, nextRotation, upcomingRotations } from '../../../rotation/schedule/next-rotation';
import { defaultRotationRules, type RotationRules } from '../../../rotation/schedule/rotation-rules';
import { isWindowOpen, nextWindow, windowAtOrAfter } from '../../../rotation/schedule/rotation-window';
import { anyInstant, anyRules } from './any-rules';

const arn = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:prod/app-AbCdEf';

function next(lastRotation: string, automaticallyAfterDays = 30): Date {
  return nextRotation({ arn, lastRotation: new Date(lastRotation), rules: { automaticallyAfterDays } });
}

const dateOf = (instant: Date): string => instant.toISOString().slice(0, 10);

describe('the date of the next rotation', () => {
  it.each([
    { how: 'over the end of a month', from: '2026-11-20T13:00:00Z', days: 30, to: '2026-12-20' },
    { how: 'over the end of a year', from: '2026-12-15T13:00:00Z', days: 30, to: '2027-01-14' },
    { how: 'from the last day of a month', from: '2027-01-31T13:00:00Z', days: 30, to: '2027-03-02' },
    { how: 'over a leap day', from: '2028-02-28T13:00:00Z', days: 2, to: '2028-03-01' },
    { how: 'onto a leap day', from: '2028-02-28T13:00:00Z', days: 1, to: '2028-02-29' },
    { how: 'over the same days without a leap day', from: '2027-02-28T13:00:00Z', days: 2, to: '2027-03-02' },
    { how: 'from the first moment of a day', from: '2026-11-20T00:00:00.000Z', days: 1, to: '2026-11-21' },
    { how: 'from the last moment of a day', from: '2026-11-20T23:59:59.999Z', days: 1, to: '2026-11-21' },
    { how: 'by the UTC date, not the local one', from: '2026-11-20T23:30:00-05:00', days: 1, to: '2026-11-22' },
    { how: 'after the longest interval', from: '2026-11-20T13:00:00Z', days: 1000, to: '2029-08-16' },
  ])('counts the days from the last one $how', ({ from, days, to }) => {
    expect(dateOf(next(from, days))).toBe(to);
  });

  it('counts from when the last one really was, not from when it was planned', () => {
    const late = new Date(next('2026-11-20T13:00:00Z').getTime() + 3 * 86_400_000);

    expect(dateOf(next(late.toISOString()))).toBe('2027-01-22');
  });
});

describe('the instant of the next rotation', () => {
  it.each([
    { from: '2026-11-20T13:00:00.000Z', days: 30, to: '2026-12-20T00:53:00.000Z' },
    { from: '2026-11-20T13:00:00.123Z', days: 30, to: '2026-12-20T10:03:00.000Z' },
    { from: '2026-11-20T13:00:00.000Z', days: 1000, to: '2029-08-16T00:53:00.000Z' },
    { from: '2027-01-31T00:00:00.000Z', days: 7, to: '2027-02-07T00:17:00.000Z' },
    { from: '2028-02-28T23:59:59.999Z', days: 1, to: '2028-02-29T09:03:00.000Z' },
  ])('after $from by $days days is the one that earlier versions armed', ({ from, days, to }) => {
    expect(next(from, days).toISOString()).toBe(to);
  });

  it('is the same whoever computes it again', () => {
    const again = new Set(Array.from({ length: 100 }, () => next('2026-11-20T13:00:00.123Z').getTime()));

    expect(again.size).toBe(1);
  });

  it('is another for another secret or another last rotation', () => {
    const lastRotation = new Date('2026-11-20T13:00:00Z');
    const rules = { automaticallyAfterDays: 30 };
    const timeOf = (input: { arn: string; lastRotation: Date }): number => nextRotation({ ...input, rules }).getTime();

    const bySecret = Array.from({ length: 50 }, (_, index) => timeOf({ arn: `${arn}${index}`, lastRotation }));
    const byRotation = Array.from({ length: 50 }, (_, index) =>
      timeOf({ arn, lastRotation: new Date(+lastRotation + index) }),
    );

    expect(new Set(bySecret).size).toBeGreaterThan(25);
    expect(new Set(byRotation).size).toBeGreaterThan(25);
  });

  it.each([
    { rules: { automaticallyAfterDays: 30 }, lastRotation: '2026-11-20T23:30:00Z' },
    { rules: { scheduleExpression: 'rate(4 hours)' }, lastRotation: '2027-03-28T00:30:00Z' },
    { rules: { scheduleExpression: 'cron(0 2 ? * SUN *)', duration: '1h' }, lastRotation: '2027-03-27T23:30:00Z' },
    { rules: { scheduleExpression: 'cron(0 1 L 10 ? *)', duration: '2h' }, lastRotation: '2027-10-30T23:30:00Z' },
  ])('by $rules asks nothing of the time zone of the machine', ({ rules, lastRotation }) => {
    const local = ['getFullYear', 'getMonth', 'getDate', 'getDay', 'getHours', 'getTimezoneOffset'] as const;
    const asked = local.map((part) => jest.spyOn(Date.prototype, part));

    nextRotation({ arn, lastRotation: new Date(lastRotation), rules });

    for (const part of asked) expect(part).not.toHaveBeenCalled();
    jest.restoreAllMocks();
  });

  it.each([0, 1.5, 1001, NaN])('is refused for %d days, also where nobody checked the rules before', (days) => {
    expect(() => next('2026-11-20T13:00:00Z', days)).toThrow(ConfigurationInvalidError);
  });
});

// A hundred thousand draws alone deviate by more than 3 % in one hour of 24 more often than not.
describe('the times of 100,000 secrets over four rotations', () => {
  const count = 400_000;
  const times = Array.from({ length: count }, (_, index) =>
    nextRotation({
      arn: `${arn}${index % 100_000}`,
      lastRotation: new Date(Date.UTC(2026, 10, 20, Math.floor(index / 100_000), 37, 11, 42)),
      rules: { automaticallyAfterDays: 7 },
    }),
  );
  const countBy = (part: (time: Date) => number, size: number): number[] => {
    const counts = Array.from({ length: size }, () => 0);
    for (const time of times) counts[part(time)] = (counts[part(time)] ?? 0) + 1;
    return counts;
  };
  const hours = countBy((time) => time.getUTCHours(), 24);
  const minutes = countBy((time) => time.getUTCMinutes(), 60);

  it('are on one date, at whole minutes', () => {
    expect(new Set(times.map(dateOf))).toEqual(new Set(['2026-11-27']));
    expect(times.every((time) => time.getTime() % 60_000 === 0)).toBe(true);
  });

  it('are spread over the hours evenly', () => {
    const deviations = hours.map((secrets) => Math.abs(secrets / (count / 24) - 1));

    expect(Math.max(...deviations)).toBeLessThan(0.03);
  });

  it('favour the top of the hour by the weight 1/(1+m) of minute m', () => {
    const weights = minutes.map((_, minute) => 1 / (1 + minute));
    const sum = weights.reduce((total, weight) => total + weight);
    const expected = weights.map((weight) => (count * weight) / sum);

    const deviations = minutes.map((secrets, minute) => {
      const mean = expected[minute] ?? 0;
      return Math.abs(secrets - mean) / Math.sqrt(mean);
    });

    expect(Math.max(...deviations)).toBeLessThan(4.5);
    expect(minutes[0]).toBeGreaterThan(count / 5);
  });

  it('favour it in every hour alike', () => {
    const atTheTop = countBy((time) => (time.getUTCMinutes() === 0 ? time.getUTCHours() : 24), 25).slice(0, 24);
    const shares = atTheTop.map((secrets, hour) => secrets / (hours[hour] ?? 1));

    expect(Math.max(...shares) - Math.min(...shares)).toBeLessThan(0.025);
  });
});

describe('the next rotation by any rules', () => {
  it('is at a whole minute inside the next window', () => {
    fc.assert(
      fc.property(fc.string(), anyRules, anyInstant, (secret, rules, lastRotation) => {
        const { opensAt, closesAt } = nextWindow({ lastRotation, rules });

        const instant = nextRotation({ arn: secret, lastRotation, rules }).getTime();

        expect(instant % 60_000).toBe(0);
        expect(instant).toBeGreaterThanOrEqual(opensAt.getTime());
        expect(instant).toBeLessThan(closesAt.getTime());
      }),
    );
  });

  it('is the same when it is asked for again', () => {
    fc.assert(
      fc.property(fc.string(), anyRules, anyInstant, (secret, rules, lastRotation) => {
        const ask = (): Date =>
          nextRotation({ arn: secret, lastRotation: new Date(lastRotation), rules: { ...rules } });

        expect(ask()).toEqual(ask());
      }),
    );
  });

  it('is N days after the last actual one, also where that was by hand', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), anyInstant, fc.nat({ max: 999 }), (days, planned, late) => {
        const byHand = new Date(planned.getTime() + late * 3_600_000 + late);

        const instant = next(byHand.toISOString(), days);

        expect(Date.parse(dateOf(instant)) - Date.parse(dateOf(byHand))).toBe(days * 86_400_000);
      }),
    );
  });

  it('is 30 days after the last one where no rules are given', () => {
    expect(defaultRotationRules).toEqual({ automaticallyAfterDays: 30 });
  });
});

describe('the minutes of a window', () => {
  const draws = 40_000;
  const draw = (rules: RotationRules): { hours: Map<number, number>; minutes: Map<number, number> } => {
    const [hours, minutes] = [new Map<number, number>(), new Map<number, number>()];
    for (let index = 0; index < draws; index += 1) {
      const time = nextRotation({ arn: `${arn}${index}`, lastRotation: new Date('2026-11-20T13:00:00Z'), rules });
      hours.set(time.getUTCHours(), (hours.get(time.getUTCHours()) ?? 0) + 1);
      minutes.set(time.getUTCMinutes(), (minutes.get(time.getUTCMinutes()) ?? 0) + 1);
    }
    return { hours, minutes };
  };

  it.each([
    { rules: { scheduleExpression: 'rate(4 hours)' } },
    { rules: { scheduleExpression: 'cron(0 2/10 * * ? *)' } },
    { rules: { automaticallyAfterDays: 30, duration: '1h' } },
  ])('by $rules, an hour that many secrets share, are taken evenly', ({ rules }) => {
    const { hours, minutes } = draw(rules);

    const deviations = [...minutes.values()].map((secrets) => Math.abs(secrets / (draws / 60) - 1));
    expect(hours.size).toBe(1);
    expect(minutes.size).toBe(60);
    expect(Math.max(...deviations)).toBeLessThan(0.15);
  });

  it.each([
    { rules: { automaticallyAfterDays: 30, duration: '3h' }, within: [0, 1, 2] },
    { rules: { scheduleExpression: 'rate(6 hours)', duration: '2h' }, within: [18, 19] },
    { rules: { scheduleExpression: 'cron(0 20 * * ? *)' }, within: [20, 21, 22, 23] },
  ])('by $rules favour the top of each of its hours', ({ rules, within }) => {
    const { hours, minutes } = draw(rules);

    const deviations = [...hours.values()].map((secrets) => Math.abs((secrets * within.length) / draws - 1));
    expect([...hours.keys()].sort((a, b) => a - b)).toEqual(within);
    expect(Math.max(...deviations)).toBeLessThan(0.03);
    expect((minutes.get(0) ?? 0) / draws).toBeCloseTo(0.2137, 2);
    expect((minutes.get(1) ?? 0) / draws).toBeCloseTo(0.1068, 2);
    expect((minutes.get(59) ?? 0) / draws).toBeCloseTo(0.0036, 2);
  });
});

describe('the upcoming rotations', () => {
  const lastRotation = new Date('2026-11-20T13:00:00Z');

  it('are each the next one after the one before', () => {
    fc.assert(
      fc.property(anyRules, anyInstant, (rules, start) => {
        const instants = upcomingRotations({ arn, lastRotation: start, rules, count: 4 });

        const before = [start, ...instants];
        expect(instants).toEqual(
          instants.map((_, index) => nextRotation({ arn, lastRotation: before[index] ?? start, rules })),
        );
      }),
      { numRuns: 50 },
    );
  });

  it('come one after the other', () => {
    fc.assert(
      fc.property(anyRules, anyInstant, (rules, start) => {
        const times = [start, ...upcomingRotations({ arn, lastRotation: start, rules, count: 12 })].map(Number);

        expect(times.every((time, index) => index === 0 || time > (times[index - 1] ?? 0))).toBe(true);
      }),
    );
  });

  it('are on the last day of twelve months', () => {
    const rules = { scheduleExpression: 'cron(0 17 L * ? *)', duration: '2h' };

    const dates = upcomingRotations({ arn, lastRotation: new Date('2027-12-01T00:00:00Z'), rules, count: 12 });

    expect(dates.map((instant) => dateOf(instant).slice(2))).toEqual([
      ...['27-12-31', '28-01-31', '28-02-29', '28-03-31', '28-04-30', '28-05-31'],
      ...['28-06-30', '28-07-31', '28-08-31', '28-09-30', '28-10-31', '28-11-30'],
    ]);
    expect(dates.every((instant) => [17, 18].includes(instant.getUTCHours()))).toBe(true);
  });

  it('are none where none are asked for', () => {
    expect(upcomingRotations({ arn, lastRotation, rules: defaultRotationRules, count: 0 })).toEqual([]);
  });
});

describe('the rotation to fire at', () => {
  const due = (rules: RotationRules, lastRotation: string, now: string): Date =>
    dueRotation({ arn, lastRotation: new Date(`${lastRotation}Z`), rules, now: new Date(`${now}Z`) });

  it('is the next one while that lies ahead', () => {
    fc.assert(
      fc.property(anyRules, anyInstant, (rules, lastRotation) => {
        const instant = nextRotation({ arn, lastRotation, rules });
        const now = new Date(instant.getTime() - 60_000);

        expect(dueRotation({ arn, lastRotation, rules, now })).toEqual(instant);
      }),
    );
  });

  it.each([
    { rules: { automaticallyAfterDays: 30 }, last: '2026-01-01T00:00', now: '2026-11-20T13:37' },
    { rules: { automaticallyAfterDays: 30, duration: '3h' }, last: '2026-01-01T00:00', now: '2026-11-20T02:37' },
    { rules: { scheduleExpression: 'rate(30 days)' }, last: '2026-01-01T00:00', now: '2026-11-20T13:37' },
    { rules: { scheduleExpression: 'rate(4 hours)' }, last: '2026-11-20T03:59', now: '2026-11-20T12:30' },
    { rules: { scheduleExpression: 'rate(4 hours)' }, last: '2026-11-20T03:59', now: '2026-11-20T15:59' },
    { rules: { scheduleExpression: 'cron(0 8 1 * ? *)' }, last: '2026-08-01T08:30', now: '2026-12-01T13:37' },
  ])('by $rules is a minute away where it was missed and a window is open', ({ rules, last, now }) => {
    expect(due(rules, last, now)).toEqual(new Date(Date.parse(`${now}Z`) + 60_000));
  });

  it.each([
    {
      rules: { automaticallyAfterDays: 30, duration: '3h' },
      ...{ last: '2026-01-01T00:00', now: '2026-11-20T02:59', window: ['2026-11-21T00:00', '2026-11-21T03:00'] },
    },
    {
      rules: { scheduleExpression: 'rate(4 hours)' },
      ...{ last: '2026-11-20T03:59', now: '2026-11-20T12:59', window: ['2026-11-20T16:00', '2026-11-20T17:00'] },
    },
    {
      rules: { scheduleExpression: 'rate(48 hours)' },
      ...{ last: '2026-11-01T00:10', now: '2026-11-20T13:00', window: ['2026-11-21T00:00', '2026-11-21T01:00'] },
    },
    {
      rules: { scheduleExpression: 'cron(0 8 L * ? *)', duration: '2h' },
      ...{ last: '2026-11-30T08:30', now: '2027-02-01T00:00', window: ['2027-02-28T08:00', '2027-02-28T10:00'] },
    },
  ])('by $rules waits for a window where it was missed and none is open', ({ rules, last, now, window }) => {
    const instant = due(rules, last, now).getTime();

    expect(instant).toBeGreaterThanOrEqual(Date.parse(`${window[0]}Z`));
    expect(instant).toBeLessThan(Date.parse(`${window[1]}Z`));
    expect(due(rules, last, `${now}:29`).getTime()).toBe(instant);
  });
});

describe('a rotation that the server starts late, by up to the week of its catch-up', () => {
  const late = fc.nat({ max: 7 * 86_400_000 });

  it('comes while a window is open, or is armed for one that is', () => {
    fc.assert(
      fc.property(anyRules, anyInstant, late, (rules, lastRotation, lateMs) => {
        const now = new Date(nextRotation({ arn, lastRotation, rules }).getTime() + lateMs);

        const again = dueRotation({ arn, lastRotation, rules, now });

        expect(isWindowOpen({ instant: again, rules })).toBe(true);
        expect(again.getTime()).toBeGreaterThanOrEqual(now.getTime());
      }),
      { numRuns: 1_000 },
    );
  });

  it('is not made to wait longer than for the next window that opens', () => {
    fc.assert(
      fc.property(anyRules, anyInstant, late, (rules, lastRotation, lateMs) => {
        const now = new Date(nextRotation({ arn, lastRotation, rules }).getTime() + lateMs);
        const soon = new Date(now.getTime() + 60_000);
        fc.pre(now > nextRotation({ arn, lastRotation, rules }));

        const again = dueRotation({ arn, lastRotation, rules, now });

        expect(again.getTime()).toBeLessThan(windowAtOrAfter({ instant: soon, rules }).closesAt.getTime());
      }),
    );
  });
});
