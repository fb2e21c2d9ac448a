import { defaultRotationRules } from '../rotation/schedule/rotation-rules';
import { type SimulatedLoad, simulateRotations, writesPerSecond } from '../rotation/schedule/simulate-rotations';

const fleet = { secrets: 10_000, rules: defaultRotationRules, from: new Date('2027-01-01T00:00:00Z'), days: 365 };

const takeovers = [
  { how: 'taken over evenly during 30 days', takenOverDays: 30 },
  { how: 'all taken over on one day', takenOverDays: 0 },
];

for (const { how, takenOverDays } of takeovers) {
  process.stdout.write(`${how}: ${describe(simulateRotations({ ...fleet, takenOverDays }))}\n`);
}

function describe(load: SimulatedLoad): string {
  return [
    `${load.rotations} rotations in a year`,
    `busiest minute ${load.busiestMinute.toISOString()}`,
    `${load.rotationsInBusiestMinute} rotations, ${load.writesInBusiestMinute} writes`,
    `${(load.shareOfWriteQuota * 100).toFixed(1)} % of a minute at AWS's ${writesPerSecond} writes/s`,
    `done in ${load.secondsAtWriteQuota.toFixed(1)} s at best`,
  ].join('; ');
}
