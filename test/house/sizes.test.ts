import { sourceFiles } from '../support/read-imports';
import { longest, type Size, sizeOfFile, sizesOfFunctions } from '../support/read-sizes';

const limits = { file: 250, function: 40 };
const product = ['activities', 'adapters', 'bench', 'cli', 'client', 'local', 'rotation', 'worker', 'workflows'];
const files = sourceFiles(product);

/** Tells which come nearest to the limit, also when all keep it. */
function expectWithin(limit: number, sizes: readonly Size[]): void {
  const middle = [...sizes].sort((a, b) => a.lines - b.lines)[Math.floor(sizes.length / 2)]?.lines;
  process.stdout.write(`The ten longest of ${sizes.length}; half have at most ${middle} lines:\n${longest(sizes)}`);
  expect(sizes.filter(({ lines }) => lines > limit)).toEqual([]);
}

test('no file of the product is longer than 250 lines', () => {
  expectWithin(
    limits.file,
    files.map((file) => sizeOfFile(file)),
  );
});

test('no function of the product is longer than 40 lines', () => {
  expectWithin(
    limits.function,
    files.flatMap((file) => sizesOfFunctions(file)),
  );
});

test('lines of a function are counted without its comments and blank lines', () => {
  const text = ['function planted() {', '', '  // why', '  /* and', '     more */', '  return `', '`;', '}'].join('\n');

  expect(sizesOfFunctions('x.ts', text)).toEqual([{ name: 'x.ts: planted', lines: 4 }]);
  expect(sizeOfFile('x.ts', `${text}\n`)).toEqual({ name: 'x.ts', lines: 8 });
});
