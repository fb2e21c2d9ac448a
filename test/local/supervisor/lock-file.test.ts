import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { tryLock } from '../../../local/supervisor/lock-file';

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'rotor-lock-'));
  file = path.join(folder, 'lock');
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

test('a lock that is held is refused with its holder, and free again after its release', async () => {
  const first = await tryLock(file);
  const refused = await tryLock(file);
  if ('held' in first) await first.held.release();
  const second = await tryLock(file);

  expect(refused).toEqual({ holder: expect.objectContaining({ pid: process.pid }) as unknown });
  expect('held' in second).toBe(true);
});

test('of many that find the lock of a dead process at once, one gets it', async () => {
  await writeFile(file, JSON.stringify({ pid: process.pid, startTime: 'long ago', id: 'dead' }));

  const attempts = await Promise.all(Array.from({ length: 20 }, () => tryLock(file)));

  expect(attempts.filter((attempt) => 'held' in attempt)).toHaveLength(1);
  expect(await readdir(folder)).toEqual(['lock']);
});

test('a lock file that holds no readable record does not block for ever', async () => {
  await writeFile(file, '');

  expect('held' in (await tryLock(file))).toBe(true);
});
