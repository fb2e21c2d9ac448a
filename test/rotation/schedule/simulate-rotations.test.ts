import { simulateRotations } from '../../../rotation/schedule/simulate-rotations';

const year = {
  secrets: 10_000,
  rules: { automaticallyAfterDays: 30 },
  from: new Date('2027-01-01T00:00:00Z'),
  days: 365,
};

describe('a year of 10,000 secrets at 30 days', () => {
  it('uses a fiftieth of the write quota in its busiest minute where they were taken over in 30 days', () => {
    const load = simulateRotations({ ...year, takenOverDays: 30 });

    expect(load.rotations).toBeGreaterThan(110_000);
    expect(load.rotations).toBeLessThan(122_000);
    expect(load.shareOfWriteQuota).toBeLessThan(0.02);
    expect(load.busiestMinute.getUTCMinutes()).toBe(0);
  });

  it('stays below an eighth of it where all were taken over on one day, and are rotated on one day ever after', () => {
    const load = simulateRotations({ ...year, takenOverDays: 0 });

    expect(load.rotations).toBe(120_000);
    expect(load.shareOfWriteQuota).toBeLessThan(1 / 8);
    expect(load.secondsAtWriteQuota).toBeLessThan(7.5);
    expect(load.busiestMinute.getUTCMinutes()).toBe(0);
  });
});

describe('a simulated load', () => {
  it('counts three writes a rotation', () => {
    const load = simulateRotations({ ...year, secrets: 1, takenOverDays: 0 });

    expect(load).toMatchObject({ rotations: 12, rotationsInBusiestMinute: 1, writesInBusiestMinute: 3 });
    expect(load.shareOfWriteQuota).toBeCloseTo(3 / 3_000);
    expect(load.secondsAtWriteQuota).toBeCloseTo(3 / 50);
  });

  it('is nothing where nobody is rotated', () => {
    expect(simulateRotations({ ...year, secrets: 0, takenOverDays: 0 })).toMatchObject({
      rotations: 0,
      rotationsInBusiestMinute: 0,
    });
  });

  it('spreads hourly windows, which all secrets share, over their minutes', () => {
    const rules = { scheduleExpression: 'rate(24 hours)' };

    const load = simulateRotations({ ...year, rules, days: 30, takenOverDays: 0 });

    expect(load.rotationsInBusiestMinute).toBeLessThan(230);
  });
});
