import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { keepMemoryOutOfCores } from '../../worker/core-files';

let self: string;

beforeEach(async () => {
  self = await mkdtemp(path.join(tmpdir(), 'rotor-cores-'));
});

afterEach(() => rm(self, { recursive: true, force: true }));

function limits(core: string): Promise<void> {
  const other = 'Max stack size            8388608              unlimited            bytes';
  const line = `Max core file size        ${core.padEnd(20)} unlimited            bytes`;
  return writeFile(path.join(self, 'limits'), `${other}\n${line}\n`);
}

test('memory is kept out, and nothing is said, where the system lets a process say so', async () => {
  await writeFile(path.join(self, 'coredump_filter'), '00000033\n');
  await limits('unlimited');

  expect(keepMemoryOutOfCores(self)).toBeUndefined();

  expect(await readFile(path.join(self, 'coredump_filter'), 'utf8')).toMatch(/^0/);
});

test.each([
  ['unlimited', true],
  ['4096', true],
  ['0', false],
])('where it does not, a limit of %s is told of: %s', async (core, isTold) => {
  await mkdir(path.join(self, 'coredump_filter'));
  await limits(core);

  const warning = keepMemoryOutOfCores(self);

  expect(warning !== undefined).toBe(isTold);
  if (isTold) expect(warning).toContain('ulimit -c 0');
});

test('a system that tells nothing is not spoken of', () => {
  expect(keepMemoryOutOfCores(self)).toBeUndefined();
});
