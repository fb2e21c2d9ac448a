import { armedInterval, notBefore } from '../../../rotation/schedule/interval';
import { nextRotation } from '../../../rotation/schedule/next-rotation';

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

describe('an instant that the server still fires at', () => {
  const now = new Date('2026-11-20T13:00:00Z');

  it('is the wanted one where that lies ahead', () => {
    expect(notBefore(new Date('2026-11-21T00:00:00Z'), now)).toEqual(new Date('2026-11-21T00:00:00Z'));
  });

  it.each(['2026-11-19T00:00:00Z', '2026-11-20T13:00:00Z', '2026-11-20T13:00:30Z'])(
    'is soon where %s has passed or is near',
    (next) => {
      expect(notBefore(new Date(next), now)).toEqual(new Date('2026-11-20T13:01:00Z'));
    },
  );
});
