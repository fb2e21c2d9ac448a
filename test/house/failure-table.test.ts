import { readFileSync } from 'node:fs';
import path from 'node:path';

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
  expect(read(file)).toContain(name);
});
