import { chartSvg } from '../../bench/report/chart-svg';
import { replacePart, sectionMarkdown } from '../../bench/report/markdown';
import { mergeResults } from '../../bench/report/merge-results';
import { sectionText } from '../../bench/report/print-tables';
import { type Results, type SectionResult } from '../../bench/report/results';
import { figureText, rowTables } from '../../bench/report/row-tables';
import { countTargets, isMet } from '../../bench/report/target';
import { type Chart, type Row } from '../../bench/section';

const fast: Row = { of: { engine: 'postgres' }, figures: { p50: { value: 150, unit: 'ms', target: { atMost: 200 } } } };
const slow: Row = { of: { engine: 'mysql' }, figures: { p50: { value: 201, unit: 'ms', target: { atMost: 200 } } } };
const counted: Row = { of: { engine: 'mysql' }, figures: { events: { value: 46, unit: '' } } };
const result: SectionResult = {
  ...{ name: 'rotations', title: 'Rotations', seconds: 1, runs: 5, startedAt: '2026-11-20T12:00:00.000Z' },
  rows: [fast, slow, counted],
};

test.each([
  [16, { atLeast: 16 }, true],
  [15.9, { atLeast: 16 }, false],
  [5, { atMost: 5 }, true],
  [5.1, { atMost: 5 }, false],
  [NaN, { atMost: 5 }, false],
  [NaN, { atLeast: 0 }, false],
  [1, undefined, undefined],
])('%d against %j: %s', (value, target, expected) => {
  expect(isMet({ value, unit: '', target })).toBe(expected);
});

test('targets are counted over all rows', () => {
  expect(countTargets([fast, slow, counted])).toEqual({ met: 1, targets: 2 });
});

test.each([
  [{ value: 17.249, unit: '/s', target: { atLeast: 16 } }, '17.2 (≥ 16: met)'],
  [{ value: 0.12345, unit: 's' }, '0.123'],
  [{ value: 12345.6, unit: 'ms' }, '12346'],
  [{ value: -0.5, unit: '%' }, '-0.5'],
  [{ value: 0, unit: '' }, '0'],
  [{ value: NaN, unit: 'ms', target: { atMost: 1 } }, '– (≤ 1: not met)'],
])('a figure is shown with three digits and its verdict: %j', (figure, expected) => {
  expect(figureText(figure)).toBe(expected);
});

test('rows of one kind stand in one table, with the unit in its head', () => {
  expect(rowTables(result.rows)).toEqual([
    {
      head: ['engine', 'p50 [ms]'],
      numeric: [false, true],
      body: [
        ['postgres', '150 (≤ 200: met)'],
        ['mysql', '201 (≤ 200: not met)'],
      ],
    },
    { head: ['engine', 'events'], numeric: [false, true], body: [['mysql', '46']] },
  ]);
});

test('a terminal shows title, tables and what failed', () => {
  const text = sectionText({ ...result, failure: 'Error: no server' });

  for (const part of ['Rotations', 'p50 [ms]', '201 (≤ 200: not met)', 'failed: Error: no server']) {
    expect(text).toContain(part);
  }
});

test('a page gets pictures and tables in the place that is named for them, and keeps the rest', () => {
  const page = 'before\n\n<!-- bench:rotations -->\nold\n<!-- /bench:rotations -->\n\nafter\n';
  const chart: Chart = { name: 'speed', title: 'Speed', kind: 'bar', unit: '/s', categories: [], series: [] };

  const text = replacePart(page, { name: 'rotations', content: sectionMarkdown(result, [chart]) });

  expect(text).toContain('Medians of 5 runs, 2026-11-20.');
  expect(text).toContain('![Speed](benchmarks/speed.svg)');
  expect(text).toContain('| postgres | 150 (≤ 200: met) |');
  expect(text).not.toContain('old');
  expect(text.startsWith('before\n')).toBe(true);
  expect(text.endsWith('after\n')).toBe(true);
});

const machine = { cpu: 'fast', cores: 2, memoryGib: 24, os: 'Linux', node: 'v20' };
const ofAll: Results = {
  ...{ machine, versions: { Rotor: '1', postgres: '18' }, quick: false },
  sections: [result, { ...result, name: 'memory' }],
};

test('sections that are measured again take the place of what they showed before, and the rest stays', () => {
  const again = { ...result, name: 'memory', rows: [fast] };
  const failed = { ...result, rows: [], failure: 'Error: no server' };

  const merged = mergeResults(ofAll, { ...ofAll, versions: { Rotor: '2' }, sections: [again, failed] });

  expect(merged).toEqual({ ...ofAll, versions: { Rotor: '2', postgres: '18' }, sections: [result, again] });
});

test('numbers of two machines are never put on one page', () => {
  const other = { ...ofAll, machine: { ...machine, cores: 4 } };

  expect(() => mergeResults(ofAll, { ...other, sections: [result] })).toThrow('memory are of another machine');
  expect(mergeResults(ofAll, other)).toEqual(other);
});

test('a page without the place is refused', () => {
  expect(() => replacePart('nothing', { name: 'rotations', content: '' })).toThrow('<!-- bench:rotations -->');
});

test('a chart is an SVG that names its series and is the same every time', () => {
  const chart: Chart = {
    ...{ name: 'speed', title: 'Speed', kind: 'bar', unit: '/s' },
    categories: ['1 at a time', '16 at a time'],
    series: [{ name: 'single-user', values: [3, undefined] }],
  };

  const svg = chartSvg(chart);

  expect(svg).toMatch(/^<svg /);
  for (const text of ['Speed', 'single-user', '16 at a time']) expect(svg).toContain(text);
  expect(chartSvg(chart)).toBe(svg);
});
