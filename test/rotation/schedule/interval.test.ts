import fc from 'fast-check';
import { armedInterval } from '../../../rotation/schedule/interval';
import { nextRotation } from '../../../rotation/schedule/next-rotation';
import { nextWindow } from '../../../rotation/schedule/rotation-window';
import { anyInstant, anyRules } from './any-rules';

const dayMs = 86_400_000;

describe('an armed interval', () => {
  it.each([1, 7, 30, 365, 1000])(
    'of %i days fires first at the instant that it is armed for',
    (automaticallyAfterDays) => {
      const lastRotation = new Date('2026-11-20T13:00:00Z');
      const rules = { automaticallyAfterDays };
      const next = nextRotation({ arn: 'arn', lastRotation, rules });

      const { everyMs, offsetMs, startAt } = armedInterval(next, rules);

      const firstFiring = Math.ceil((startAt.getTime() - offsetMs) / everyMs) * everyMs + offsetMs;
      expect(everyMs).toBe(automaticallyAfterDays * dayMs);
      expect(offsetMs).toBeLessThan(everyMs);
      expect(new Date(firstFiring)).toEqual(next);
    },
  );

  it('has no fraction of a second, with which it would fire once and stop', () => {
    const { offsetMs, startAt } = armedInterval(new Date('2026-11-20T13:00:00.999Z'), { automaticallyAfterDays: 7 });

    expect(offsetMs % 1_000).toBe(0);
    expect(startAt).toEqual(new Date('2026-11-20T13:00:00Z'));
  });
});

describe('an armed interval of any rules', () => {
  const firings = ({ everyMs, offsetMs, startAt }: ReturnType<typeof armedInterval>): [number, number] => {
    const first = Math.ceil((startAt.getTime() - offsetMs) / everyMs) * everyMs + offsetMs;
    return [first, first + everyMs];
  };

  it('fires first at the instant that it is armed for, in whole seconds', () => {
    fc.assert(
      fc.property(anyRules, anyInstant, (rules, next) => {
        const interval = armedInterval(next, rules);

        expect(firings(interval)[0]).toBe(Math.floor(next.getTime() / 1_000) * 1_000);
        expect(interval.offsetMs % 1_000).toBe(0);
        expect(interval.everyMs % 1_000).toBe(0);
        expect(interval.everyMs).toBeGreaterThanOrEqual(4 * 3_600_000);
      }),
    );
  });

  it('fires again inside the window after, where it was never armed anew', () => {
    fc.assert(
      fc.property(fc.string(), anyRules, anyInstant, (arn, rules, lastRotation) => {
        const next = nextRotation({ arn, lastRotation, rules });

        const [first, second] = firings(armedInterval(next, rules));

        const { opensAt, closesAt } = nextWindow({ lastRotation: next, rules });
        expect(first).toBe(next.getTime());
        expect(second).toBeGreaterThanOrEqual(opensAt.getTime());
        expect(second).toBeLessThan(closesAt.getTime());
      }),
    );
  });

  it.each([
    { scheduleExpression: 'rate(10 days)', every: 10 * 24 },
    { scheduleExpression: 'rate(5 hours)', every: 5 },
    { scheduleExpression: 'cron(0 8 * * ? *)', every: 24 },
    { scheduleExpression: 'cron(0 8 ? * MON *)', every: 7 * 24 },
    { scheduleExpression: 'cron(0 8 1 * ? *)', every: 30 * 24 },
    { scheduleExpression: 'cron(0 0/8 * * ? *)', every: 8 },
  ])('by $scheduleExpression fires again after $every hours', ({ scheduleExpression, every }) => {
    const rules = { scheduleExpression };
    const next = nextRotation({ arn: 'arn', lastRotation: new Date('2026-10-31T16:30:00Z'), rules });

    expect(armedInterval(next, rules).everyMs).toBe(every * 3_600_000);
  });

  it('for an instant outside the windows fires again in the first that is at least three hours away', () => {
    const rules = { scheduleExpression: 'cron(0 10 * * ? *)' };

    const [, soon] = firings(armedInterval(new Date('2026-11-20T05:30:00Z'), rules));
    const [, later] = firings(armedInterval(new Date('2026-11-20T09:30:00Z'), rules));

    expect(new Date(soon)).toEqual(new Date('2026-11-20T10:30:00Z'));
    expect(new Date(later)).toEqual(new Date('2026-11-21T10:30:00Z'));
  });
});
