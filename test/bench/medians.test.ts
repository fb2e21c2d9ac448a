import { median, medianRows, percentile } from '../../bench/report/medians';
import { type Row } from '../../bench/section';

const row = (engine: string, value: number): Row => ({
  of: { engine },
  figures: { p50: { value, unit: 'ms', target: { atMost: 200 } } },
});

test.each([
  [[], NaN],
  [[3], 3],
  [[9, 1, 5], 5],
  [[4, 1, 3, 2], 2.5],
])('the median of %j is %d', (values, expected) => {
  expect(median(values)).toBe(expected);
});

test.each([
  [0.5, 50],
  [0.99, 99],
  [1, 100],
  [0, 1],
])('of the numbers from 1 to 100 a share of %d does not exceed %d', (share, expected) => {
  const values = Array.from({ length: 100 }, (_, index) => 100 - index);

  expect(percentile(values, share)).toBe(expected);
});

test('a percentile of nothing is no number', () => {
  expect(percentile([], 0.5)).toBeNaN();
});

test('the figures of several runs become their medians, for each row, and keep unit and target', () => {
  const runs = [
    [row('postgres', 10), row('mysql', 1)],
    [row('postgres', 30), row('mysql', 3)],
    [row('postgres', 20), row('mysql', 2)],
  ];

  expect(medianRows(runs)).toEqual([row('postgres', 20), row('mysql', 2)]);
});

test('the percentile of several runs is taken of all their values, which are not kept', () => {
  const run = (values: number[]): Row[] => [
    { of: {}, figures: { p99: { value: NaN, unit: 'ms', sample: { values, share: 0.75 } } } },
  ];

  expect(medianRows([run([1, 2]), run([9, 3])])).toEqual([{ of: {}, figures: { p99: { value: 3, unit: 'ms' } } }]);
});

test('rows of the same thing that tell something else stay apart', () => {
  const cpu: Row = { of: { engine: 'postgres' }, figures: { worker: { value: 1, unit: 'CPU ms' } } };
  const memory: Row = { of: { engine: 'postgres' }, figures: { worker: { value: 200, unit: 'MiB' } } };

  expect(medianRows([[cpu, memory]])).toEqual([cpu, memory]);
});
