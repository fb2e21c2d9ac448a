import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { removePostgres } from '../../../local/postgres';
import { type ProcessIdentity, waitUntil } from '../../../local/supervisor';
import { listedProcesses, living } from '../../support/process-tree';
import { endCommands, RotorCommand } from '../../support/rotor-command';
import { sharedServers } from '../../support/shared-servers';

const runMs = 60_000;

let home: string;

beforeAll(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'rotor-demo-'));
});

afterEach(async () => {
  await endCommands();
  await waitUntil(() => living(processes()).length === 0, { limitMs: 20_000 });
});

afterAll(async () => {
  await removePostgres(path.join(home, 'demo'));
  await rm(home, { recursive: true, force: true });
});

function startDemo(...args: string[]): RotorCommand {
  const env = { ROTOR_HOME: home, TEMPORAL_CLI_PATH: sharedServers().temporalExecutable };
  return new RotorCommand(['demo', ...args], { env });
}

function processes(): ProcessIdentity[] {
  return listedProcesses(path.join(home, 'demo', 'processes'));
}

test('the demo shows the steps and the evidence, ends with 0, and leaves no process', async () => {
  const { code, stdout, stderr } = await startDemo().ended;

  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  for (const step of ['createSecret', 'setSecret', 'testSecret', 'finishSecret']) {
    expect(stdout).toMatch(new RegExp(`^ {2}${step} +\\d+ ms {2}done$`, 'm'));
  }
  expect(stdout).toContain('old password: refused\nnew password: signs in\n');
  expect(stdout).toMatch(/^consumer during the rotation: \d+ failed, [1-9]\d* successful queries$/m);
  expect(stdout).toMatch(/^next scheduled rotation: 20\d\d-/m);
  expect(living(processes())).toEqual([]);
});

test.each([
  ['kill -9 in the middle', 'SIGKILL', 'Temporal is up'],
  ['kill -9 before the rotation', 'SIGKILL', 'consumer reads the secret'],
  ['Ctrl-C in the middle', 'SIGINT', 'PostgreSQL is up'],
] as const)('it can be run again after %s, which leaves no process', async (_, signal, line) => {
  const first = startDemo();
  await first.untilPrinted(line, runMs);
  const before = processes();
  first.signalGroup(signal);
  await first.ended;
  await waitUntil(() => living(before).length === 0, { limitMs: 20_000 });
  expect(living(before)).toEqual([]);

  const again = await startDemo('--json').ended;

  expect(again).toMatchObject({ code: 0, stderr: '' });
  expect(JSON.parse(again.stdout)).toMatchObject({ proved: true, oldPassword: 'refused', newPassword: 'signs in' });
});
