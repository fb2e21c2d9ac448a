import { readFileSync } from 'node:fs';
import path from 'node:path';
import { testTitles } from '../support/read-test-titles';

const root = path.join(__dirname, '../..');
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');

interface Row {
  /** What you see: the first cell. */
  readonly seen: string;
  readonly file: string;
  /** As it is written in the file, with the names of what a table fills in. */
  readonly test: string;
}

/** The rows of docs/failures.md that name a test. */
const rows: Row[] = read('docs/failures.md')
  .split('\n')
  .flatMap((line): Row[] => {
    const [, seen = '', file = '', test = ''] =
      /^\| (.*?) +\|.*\| \[[^\]]+\]\(\.\.\/(\S+)\) (.*?) +\|$/.exec(line) ?? [];
    return file === '' ? [] : [{ seen, file, test }];
  });

/** The type of each failure that Rotor knows, and of those that only a workflow knows. */
const types = [
  ...[...read('rotation/errors.ts').matchAll(/override readonly name = '(\w+)'/g)].map(([, name = '']) => name),
  ...['GaveUp', 'Cancelled', 'Terminated', 'UnexpectedError'],
];

test('the table of failures and the list of errors are found', () => {
  expect(rows.length).toBeGreaterThan(25);
  expect(types.length).toBeGreaterThan(25);
});

test.each(types)('%s has a row in the table of failures', (type) => {
  expect(rows.filter(({ seen }) => seen.startsWith(`\`${type}\``))).not.toEqual([]);
});

test.each(rows)('the test of "$seen" is there: $test', ({ file, test: name }) => {
  expect([...testTitles(file)]).toContain(name);
});

test.each([
  ['a test', "test('the planted one', () => {});", true],
  ['a table of tests', "it.each([1, 2])('the planted one', () => {});", true],
  ['a test of a group', "describe.each([1])('the', () => { test('planted ' + 'one', () => {}); });", true],
  ['a comment', '// the planted one', false],
  ['a part of a longer title', "test('the planted one and more', () => {});", false],
  ['a title that is no test', "describe('the planted one', () => {});", false],
  ['a text', "expect(text).toBe('the planted one');", false],
])('a name that stands in %s only: %s', (_, text, counts) => {
  expect(testTitles('planted.test.ts', text).has('the planted one')).toBe(counts);
});

test('every row of what a person decides, and of what others left, names a test', () => {
  const [, decisions = ''] = read('docs/failures.md').split(/^## Decisions$/m);
  const lines = decisions.split('\n');
  const cells = lines.filter((line, at) => line.startsWith('| ') && !`${line}${lines[at + 1] ?? ''}`.includes('| ---'));

  expect(cells.length).toBeGreaterThan(10);
  expect(cells.filter((line) => !rows.some(({ seen }) => line.startsWith(`| ${seen} `)))).toEqual([]);
});
