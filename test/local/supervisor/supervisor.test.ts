import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  CannotStartError,
  identifyProcess,
  startSupervisor,
  SupervisorInUseError,
  waitUntil,
  type Supervisor,
} from '../../../local/supervisor';

let folder: string;
let supervisor: Supervisor;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'rotor-supervisor-'));
  supervisor = await startSupervisor({ folder });
});

afterEach(async () => {
  await supervisor.close();
  await rm(folder, { recursive: true, force: true });
});

function sleeper(name: string): { name: string; command: string; args: string[]; logFile: string } {
  return { name, command: 'sleep', args: ['600'], logFile: path.join(folder, `${name}.log`) };
}

test('a started process runs until it is stopped', async () => {
  const process = await supervisor.start(sleeper('one'));
  expect(identifyProcess(process.pid)).toBeDefined();

  await process.stop();

  expect(identifyProcess(process.pid)).toBeUndefined();
  expect(await process.exited).toEqual({ code: null, signal: 'SIGTERM' });
});

test('a process that ends by itself tells its exit code and what it printed', async () => {
  const process = await supervisor.start({ ...sleeper('brief'), command: 'sh', args: ['-c', 'echo printed; exit 3'] });

  expect(await process.exited).toEqual({ code: 3, signal: null });
  expect(await readFile(path.join(folder, 'brief.log'), 'utf8')).toBe('printed\n');
  expect((await stat(path.join(folder, 'brief.log'))).mode & 0o777).toBe(0o600);
});

test('a command that does not exist is refused with its name', async () => {
  const starting = supervisor.start({ ...sleeper('absent'), command: path.join(folder, 'absent') });

  await expect(starting).rejects.toThrow(CannotStartError);
  await expect(starting).rejects.toThrow(/cannot start absent: .*ENOENT/);
});

test('a process that ignores its stop signal is killed with its whole group', async () => {
  const script = 'trap "" TERM; sleep 600 & echo $!; wait; wait; sleep 600';
  const process = await supervisor.start({ ...sleeper('stubborn'), command: 'sh', args: ['-c', script] });
  const log = path.join(folder, 'stubborn.log');
  await waitUntil(async () => /\d+\n/.test(await readFile(log, 'utf8')), { limitMs: 5_000 });
  const grandchild = Number(await readFile(log, 'utf8'));

  await process.stop();

  expect(identifyProcess(process.pid)).toBeUndefined();
  expect(await waitUntil(() => identifyProcess(grandchild) === undefined, { limitMs: 2_000 })).toBe(true);
});

test('a second supervisor in the same folder is refused while the first one lives', async () => {
  await expect(startSupervisor({ folder })).rejects.toThrow(SupervisorInUseError);

  await supervisor.close();
  supervisor = await startSupervisor({ folder });
  expect((await supervisor.start(sleeper('again'))).pid).toBeGreaterThan(0);
});

test('closing ends every process, newest first', async () => {
  const order: string[] = [];
  const processes = [await supervisor.start(sleeper('older')), await supervisor.start(sleeper('newer'))];
  const noted = processes.map(async ({ name, exited }) => {
    await exited;
    order.push(name);
  });

  await supervisor.close();
  await Promise.all(noted);

  expect(order).toEqual(['newer', 'older']);
  expect(processes.map(({ pid }) => identifyProcess(pid))).toEqual([undefined, undefined]);
});

test('a process sees no variable of its parent that it was not given', async () => {
  process.env.AWS_SECRET_ACCESS_KEY = 'canary';
  process.env.PGPASSWORD = 'canary';
  try {
    const printer = await supervisor.start({ ...sleeper('env'), command: 'env', args: [] });
    await printer.exited;
  } finally {
    delete process.env.AWS_SECRET_ACCESS_KEY;
    delete process.env.PGPASSWORD;
  }

  const printed = await readFile(path.join(folder, 'env.log'), 'utf8');
  expect(printed).toContain('PATH=');
  expect(printed).not.toContain('canary');
});

test('no process may leave a core file', async () => {
  const limits = ['-c', 'ulimit -S -c; ulimit -H -c'];
  const process = await supervisor.start({ ...sleeper('one'), command: 'sh', args: limits });
  await process.exited;

  expect(await readFile(path.join(folder, 'one.log'), 'utf8')).toBe('0\n0\n');
});
