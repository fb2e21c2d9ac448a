import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.join(__dirname, '../..');

/** A row of the table that names a test. */
interface NamedTest {
  readonly number: number;
  /** Below `test/`. */
  readonly file: string;
  readonly name: string;
}

const rows = readFileSync(path.join(root, 'docs/database-cases.md'), 'utf8')
  .split('\n')
  .map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim()))
  .filter(([, number = '']) => /^\d+$/.test(number));

const namedTests = rows.flatMap(([, number, , file = '', name = '']): NamedTest[] =>
  file.startsWith('`') ? [{ number: Number(number), file: withoutTicks(file), name: withoutTicks(name) }] : [],
);

function withoutTicks(code: string): string {
  return code.replace(/^`+ ?/, '').replace(/ ?`+$/, '').replaceAll('\\|', '|');
}

function sourceOf(file: string): string {
  const place = path.join(root, 'test', file);
  return existsSync(place) ? readFileSync(place, 'utf8').replaceAll(/\\(['"])/g, '$1') : '';
}

describe('the table of database cases', () => {
  it('has every case from 1 to 60, and says of each what it is about and who plays it, or why nobody does', () => {
    for (let number = 1; number <= 60; number++) {
      const of = rows.filter(([, found]) => Number(found) === number);
      expect({ number, about: of.filter(([, , engine]) => engine === '').length }).toEqual({ number, about: 1 });
      expect({ number, hasMore: of.length > 1 }).toEqual({ number, hasMore: true });
    }
  });

  it('names tests that are there', () => {
    const absent = namedTests.filter(({ file, name }) => !sourceOf(file).includes(name));

    expect(namedTests.length).toBeGreaterThan(100);
    expect(absent).toEqual([]);
  });

  it('names tests of engines under the number that they carry', () => {
    const ofEngines = namedTests.filter(({ file }) => /^(adapters|contracts)\//.test(file));

    expect(ofEngines.filter(({ number, name }) => !name.split(/[^§.\d]/).includes(`§11.${number}`))).toEqual([]);
  });
});
