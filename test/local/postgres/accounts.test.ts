import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, chown, lstat, mkdir, mkdtemp, readFile, readlink, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { removePostgres, startPostgres, type RunningPostgres } from '../../../local/postgres';
import { canEnter } from '../../../local/postgres/can-enter';
import { completePackage } from '../../../local/postgres/complete-package';
import { packageBinaries } from '../../../local/postgres/package-binaries';
import { sharedCopy } from '../../../local/postgres/shared-copy';
import { findFreePort, startSupervisor, waitUntil } from '../../../local/supervisor';
import { processesOf, startPostgresParent } from './postgres-parent';

const NOBODY = 65_534;
const LIMIT_MS = 20_000;
const isRoot = process.getuid?.() === 0;
const whenRoot = isRoot ? test : test.skip;
const whenNobodyReadsThis = isRoot && canNobodyRead(__filename) ? test : test.skip;

let home: string;

beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'rotor-account-'));
});

afterEach(async () => {
  await removePostgres(home);
  await rm(home, { recursive: true, force: true });
});

function canNobodyRead(file: string): boolean {
  const script = `require('node:fs').accessSync(${JSON.stringify(file)}, 4)`;
  return spawnSync(process.execPath, ['--eval', script], { uid: NOBODY, gid: NOBODY, cwd: '/' }).status === 0;
}

async function startAndStop(): Promise<RunningPostgres> {
  const supervisor = await startSupervisor({ folder: path.join(home, 'run') });
  try {
    return await startPostgres({ supervisor, home, port: await findFreePort(), parameters: { fsync: 'off' } });
  } finally {
    await supervisor.close();
  }
}

whenNobodyReadsThis('an ordinary user starts it as himself, with the data in his home (needs root)', async () => {
  await chown(home, NOBODY, NOBODY);
  const { parent, answer } = startPostgresParent({ home, port: await findFreePort(), uid: NOBODY });
  const { dataFolder, pid } = await answer;

  expect(dataFolder).toBe(path.join(home, 'postgres', 'data'));
  expect(await readFile(`/proc/${String(pid)}/status`, 'utf8')).toMatch(/^Uid:\s+65534\s+65534/m);
  expect((await stat(path.join(home, 'postgres'))).mode & 0o777).toBe(0o700);

  parent.kill('SIGKILL');
  expect(await waitUntil(() => processesOf(home).length === 0, { limitMs: LIMIT_MS })).toBe(true);
});

whenRoot('as root, the data of a home of mode 0700 lies elsewhere, and the home links to it (needs root)', async () => {
  const first = await startAndStop();
  const second = await startAndStop();

  const link = await readlink(path.join(home, 'postgres', 'data'));
  expect(link).toMatch(/^\/var\/lib\/rotor\/[0-9a-f]{16}\/data-/);
  expect([first.dataFolder, second.dataFolder]).toEqual([link, link]);
  expect((await stat(link)).mode & 0o777).toBe(0o700);
  expect((await stat(link)).uid).not.toBe(0);
});

whenRoot('as root, data that an ordinary user has made is served as that user (needs root)', async () => {
  await chmod(home, 0o711);
  const { dataFolder } = await startAndStop();
  execFileSync('chown', ['-R', `${NOBODY}:${NOBODY}`, dataFolder]);

  await startAndStop();

  expect((await stat(path.join(dataFolder, 'PG_VERSION'))).uid).toBe(NOBODY);
});

whenRoot('a home that is removed and made again starts with new data (needs root)', async () => {
  const first = await startAndStop();
  await rm(path.join(home, 'postgres'), { recursive: true });
  const second = await startAndStop();

  expect(second.dataFolder).not.toBe(first.dataFolder);
  expect(second.superuser.password).not.toBe(first.superuser.password);
});

whenRoot('data of a temporary home that is gone is removed by the next start elsewhere (needs root)', async () => {
  const gone = await startAndStop();
  await rm(home, { recursive: true });
  home = await mkdtemp(path.join(tmpdir(), 'rotor-account-'));

  const kept = await startAndStop();
  await startAndStop();

  expect([existsSync(gone.dataFolder), existsSync(kept.dataFolder)]).toEqual([false, true]);
});

whenRoot('binaries behind a closed folder run from a copy that everybody can reach (needs root)', async () => {
  const closed = path.join(home, 'closed');
  const binaries = await packageBinaries();
  await mkdir(closed, { mode: 0o700 });
  execFileSync('cp', ['-a', binaries.folder, closed]);
  execFileSync('chmod', ['-R', 'go=', path.join(closed, 'native')]);
  await chmod(home, 0o711);

  const source = { ...binaries, folder: path.join(closed, 'native') };
  const copies = await Promise.all([1, 2].map(() => sharedCopy(source, path.join(home, 'shared'))));

  expect(await canEnter(source.folder, { uid: NOBODY, gid: NOBODY })).toBe(false);
  expect(copies[0]).toEqual(copies[1]);
  const program = path.join(String(copies[0]?.folder), 'bin', 'postgres');
  const run = spawnSync(program, ['--version'], { uid: NOBODY, gid: NOBODY, cwd: '/', encoding: 'utf8' });
  expect(run.stdout).toMatch(/^postgres \(PostgreSQL\) \d+/);
});

test('a package whose install script has not run is completed', async () => {
  const lib = path.join(home, 'native', 'lib');
  const bin = path.join(home, 'native', 'bin');
  await mkdir(lib, { recursive: true });
  await mkdir(bin);
  await writeFile(path.join(lib, 'libone.so.1.2'), 'one');
  for (const program of ['initdb', 'postgres']) await writeFile(path.join(bin, program), '', { mode: 0o644 });
  const links = [{ source: 'native/lib/libone.so.1.2', target: 'native/lib/libone.so' }];
  await writeFile(path.join(home, 'native', 'pg-symlinks.json'), JSON.stringify(links));

  await completePackage(home);
  await completePackage(home);

  expect(await readlink(path.join(lib, 'libone.so'))).toBe('libone.so.1.2');
  expect(await readFile(path.join(lib, 'libone.so'), 'utf8')).toBe('one');
  expect((await lstat(path.join(bin, 'postgres'))).mode & 0o111).toBe(0o111);
});
