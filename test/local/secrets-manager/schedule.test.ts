import { checkRules, nextWindow } from '../../../local/secrets-manager/service/rotation-window';

/** After this moment, a Friday, each of these rules has its next window here. */
const after = Date.parse('2026-11-20T10:30:00Z');

const windows = (
  [
    ['rate(1 day)', undefined, '2026-11-21T00:00Z', '2026-11-22T00:00Z'],
    ['rate(10 days)', '3h', '2026-11-30T00:00Z', '2026-11-30T03:00Z'],
    ['rate(4 hours)', undefined, '2026-11-20T12:00Z', '2026-11-20T13:00Z'],
    ['rate(12 hours)', '2h', '2026-11-20T12:00Z', '2026-11-20T14:00Z'],
    ['cron(0 8 * * ? *)', undefined, '2026-11-21T08:00Z', '2026-11-22T00:00Z'],
    ['cron(0 11 * * ? *)', '1h', '2026-11-20T11:00Z', '2026-11-20T12:00Z'],
    ['cron(0 2/10 * * ? *)', undefined, '2026-11-20T12:00Z', '2026-11-20T13:00Z'],
    ['cron(0 /8 * * ? *)', undefined, '2026-11-20T16:00Z', '2026-11-20T17:00Z'],
    ['cron(0 23/10 * * ? *)', undefined, '2026-11-20T23:00Z', '2026-11-21T00:00Z'],
    ['cron(0 0 1 * ? *)', undefined, '2026-12-01T00:00Z', '2026-12-02T00:00Z'],
    ['cron(0 0 L * ? *)', undefined, '2026-11-30T00:00Z', '2026-12-01T00:00Z'],
    ['cron(0 0 L 2 ? *)', undefined, '2027-02-28T00:00Z', '2027-03-01T00:00Z'],
    ['cron(0 0 29 2 ? *)', undefined, '2028-02-29T00:00Z', '2028-03-01T00:00Z'],
    ['cron(0 0 1,15 * ? *)', undefined, '2026-12-01T00:00Z', '2026-12-02T00:00Z'],
    ['cron(0 0 10-12 * ? *)', undefined, '2026-12-10T00:00Z', '2026-12-11T00:00Z'],
    ['cron(0 0 1/10 * ? *)', undefined, '2026-11-21T00:00Z', '2026-11-22T00:00Z'],
    ['cron(0 0 SUNL * ? *)', undefined, '2026-11-29T00:00Z', '2026-11-30T00:00Z'],
    ['cron(0 0 ? * SUN *)', undefined, '2026-11-22T00:00Z', '2026-11-23T00:00Z'],
    ['cron(0 0 ? * 1 *)', undefined, '2026-11-22T00:00Z', '2026-11-23T00:00Z'],
    ['cron(0 0 ? * 7 *)', undefined, '2026-11-21T00:00Z', '2026-11-22T00:00Z'],
    ['cron(0 0 ? * MON-WED *)', undefined, '2026-11-23T00:00Z', '2026-11-24T00:00Z'],
    ['cron(0 0 ? * 2#1 *)', undefined, '2026-12-07T00:00Z', '2026-12-08T00:00Z'],
    ['cron(0 0 ? * 6L *)', undefined, '2026-11-27T00:00Z', '2026-11-28T00:00Z'],
    ['cron(0 0 ? * L *)', undefined, '2026-11-21T00:00Z', '2026-11-22T00:00Z'],
    ['cron(0 0 ? JAN,JUL MON#3 *)', undefined, '2027-01-18T00:00Z', '2027-01-19T00:00Z'],
    ['cron(0 0 1 1/3 ? *)', undefined, '2027-01-01T00:00Z', '2027-01-02T00:00Z'],
  ] as const
).map(([expression, duration, startsAt, endsAt]) => ({ expression, duration, startsAt, endsAt }));

const refused = [
  'rate(3 hours)',
  'rate(0 days)',
  'rate(1001 days)',
  'rate(1 week)',
  'rate(1.5 days)',
  'rate(1  day)',
  'cron(5 8 * * ? *)',
  'cron(* 8 * * ? *)',
  'cron(0 8 * * ? 2027)',
  'cron(0 8 * * ?)',
  'cron(0 24 * * ? *)',
  'cron(0 * * * ? *)',
  'cron(0 /3 * * ? *)',
  'cron(0 8,9 * * ? *)',
  'cron(0 8 1 * 1 *)',
  'cron(0 8 ? * ? *)',
  'cron(0 8 32 * ? *)',
  'cron(0 8 0 * ? *)',
  'cron(0 8 5-2 * ? *)',
  'cron(0 8 1/0 * ? *)',
  'cron(0 8 * 13 ? *)',
  'cron(0 8 * FOO ? *)',
  'cron(0 8 ? * 8 *)',
  'cron(0 8 ? * 2#6 *)',
  'cron(0 8 1#2 * ? *)',
  'cron(0 8 1, * ? *)',
  'at(2027-01-01)',
];

describe('rotation schedules', () => {
  it.each(windows)('3.8: after $expression, $duration, the next window is $startsAt to $endsAt', (window) => {
    const rules = { ScheduleExpression: window.expression, Duration: window.duration };

    expect(() => {
      checkRules(rules);
    }).not.toThrow();
    expect(nextWindow(rules, after)).toEqual({
      startsAt: Date.parse(window.startsAt),
      endsAt: Date.parse(window.endsAt),
    });
  });

  it.each(refused)('3.8: refuses %s', (ScheduleExpression) => {
    expect(() => {
      checkRules({ ScheduleExpression });
    }).toThrow('ScheduleExpression');
  });

  it.each([
    [{ AutomaticallyAfterDays: 1, Duration: '0h' }],
    [{ AutomaticallyAfterDays: 1, Duration: '25h' }],
    [{ ScheduleExpression: 'rate(6 hours)', Duration: '7h' }],
    [{ ScheduleExpression: 'cron(0 20 * * ? *)', Duration: '5h' }],
    [{ ScheduleExpression: 'cron(0 /8 * * ? *)', Duration: '9h' }],
  ])('3.8: refuses a window that reaches into the next, or the next day: %j', (rules) => {
    expect(() => {
      checkRules(rules);
    }).toThrow('Duration');
  });

  it('3.8: counts days from the last rotation', () => {
    const window = nextWindow({ AutomaticallyAfterDays: 30 }, after);

    expect(window?.startsAt).toBe(Date.parse('2026-12-20T00:00Z'));
  });

  it('has no window for rules without a schedule', () => {
    expect(nextWindow({}, after)).toBeUndefined();
  });
});
