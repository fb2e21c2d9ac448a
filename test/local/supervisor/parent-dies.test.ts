import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { identifyProcess, scriptArguments, startSupervisor, waitUntil } from '../../../local/supervisor';
import { recordProcess } from '../../../local/supervisor/process-records';

const LIMIT_MS = 10_000;

interface Family {
  parent: number;
  guardian: number;
  servers: number[];
}

let folder: string;
const parents: ChildProcess[] = [];

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'rotor-parent-'));
});

afterEach(async () => {
  for (const parent of parents.splice(0)) parent.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

/** Starts a parent in a process group of its own, as a shell would. */
async function startParent(then: 'stay' | 'end' | 'crash'): Promise<Family> {
  const child = spawn(process.execPath, [...scriptArguments(path.join(__dirname, 'parent-script')), folder, then], {
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  parents.push(child);
  return { parent: Number(child.pid), ...(JSON.parse(await firstLine(child)) as Omit<Family, 'parent'>) };
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    let printed = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
      if (printed.includes('\n')) resolve(printed.trim());
    });
    child.once('close', () => {
      resolve(printed.trim());
    });
  });
}

function living(pids: number[]): number[] {
  return pids.filter((pid) => identifyProcess(pid) !== undefined);
}

async function expectGone(pids: number[]): Promise<void> {
  await waitUntil(() => living(pids).length === 0, { limitMs: LIMIT_MS });
  expect(living(pids)).toEqual([]);
}

test.each([
  ['a kill -9 of the parent', (family: Family) => process.kill(family.parent, 'SIGKILL')],
  ["a kill -9 of the parent's whole process group", (family: Family) => process.kill(-family.parent, 'SIGKILL')],
  ["Ctrl-C, which the parent's whole process group gets", (family: Family) => process.kill(-family.parent, 'SIGINT')],
  ['a hang-up of the terminal', (family: Family) => process.kill(-family.parent, 'SIGHUP')],
  ['a polite end of the guardian', (family: Family) => process.kill(family.guardian, 'SIGTERM')],
])('%s leaves no server behind', async (_, strike) => {
  const family = await startParent('stay');
  expect(living(family.servers)).toEqual(family.servers);

  strike(family);

  await expectGone([family.guardian, ...family.servers]);
});

test.each(['end', 'crash'] as const)('a parent that comes to its %s leaves nothing behind', async (then) => {
  const { parent, guardian, servers } = await startParent(then);

  await expectGone([parent, guardian, ...servers]);
});

test('a parent whose guardian is killed ends the servers itself', async () => {
  const family = await startParent('stay');

  process.kill(family.guardian, 'SIGKILL');

  await expectGone([family.guardian, ...family.servers]);
  expect(living([family.parent])).toEqual([family.parent]);
});

test('servers whose parent and guardian were both killed are ended by the next start', async () => {
  const family = await startParent('stay');
  process.kill(family.parent, 'SIGSTOP'); // or it would end them itself
  process.kill(family.guardian, 'SIGKILL');
  process.kill(family.parent, 'SIGKILL');
  await waitUntil(() => living([family.parent, family.guardian]).length === 0, { limitMs: LIMIT_MS });
  expect(living(family.servers)).toEqual(family.servers);

  const supervisor = await startSupervisor({ folder });

  expect(living(family.servers)).toEqual([]);
  await supervisor.close();
});

test('a start right after a kill -9 waits until the old servers are gone', async () => {
  const family = await startParent('stay');
  process.kill(family.parent, 'SIGKILL');
  await waitUntil(() => living([family.parent]).length === 0, { limitMs: LIMIT_MS });

  const supervisor = await startSupervisor({ folder });

  expect(living([family.guardian, ...family.servers])).toEqual([]);
  await supervisor.close();
});

test('a process that has got the pid of a dead server is left alone', async () => {
  const bystander = spawn('sleep', ['600']);
  recordProcess(folder, { name: 'old', pid: Number(bystander.pid), startTime: 'long ago', stopSignal: 'SIGKILL' });

  const supervisor = await startSupervisor({ folder });
  await supervisor.close();

  expect(living([Number(bystander.pid)])).toEqual([bystander.pid]);
  bystander.kill();
});

test('a supervisor whose guardian is killed says so, and what it ran counts as ended', async () => {
  const supervisor = await startSupervisor({ folder });
  const server = await supervisor.start({
    name: 'one',
    command: 'sleep',
    args: ['600'],
    logFile: path.join(folder, 'log'),
  });
  const guardian = Number((await parentOf(server.pid)).trim());

  process.kill(guardian, 'SIGKILL');

  expect((await supervisor.lost).message).toContain('the process that guards the servers ended (SIGKILL)');
  expect(await server.exited).toEqual({ code: null, signal: 'SIGKILL' });
  expect(living([server.pid])).toEqual([]);
  await expect(supervisor.start({ name: 'two', command: 'true', args: [], logFile: '/dev/null' })).rejects.toThrow(
    'ended',
  );
  await supervisor.close();
});

async function parentOf(pid: number): Promise<string> {
  const ps = spawn('ps', ['-o', 'ppid=', '-p', String(pid)]);
  return firstLine(ps);
}
