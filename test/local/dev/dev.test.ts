import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { Client, Connection } from '@temporalio/client';
import { removePostgres } from '../../../local/postgres';
import { findFreePort, type ProcessIdentity, waitUntil } from '../../../local/supervisor';
import { listedProcess, listedProcesses, living } from '../../support/process-tree';
import { type CommandResult, endCommands, RotorCommand, runRotor } from '../../support/rotor-command';
import { sharedServers } from '../../support/shared-servers';

const startMs = 60_000;

let home: string;
let ports: string[];

beforeAll(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'rotor-dev-'));
  const flags = ['--temporal-port', '--ui-port', '--secrets-manager-port', '--postgres-port'];
  ports = [];
  for (const flag of flags) ports.push(flag, String(await findFreePort()));
});

afterEach(async () => {
  await endCommands();
  await waitUntil(() => living(processes()).length === 0, { limitMs: 20_000 });
});

afterAll(async () => {
  await removePostgres(home);
  await rm(home, { recursive: true, force: true });
});

/** `rotor dev`, ready. */
async function startDev(): Promise<RotorCommand> {
  const env = { ROTOR_HOME: home, TEMPORAL_CLI_PATH: sharedServers().temporalExecutable };
  const dev = new RotorCommand(['dev', ...ports], { env });
  await dev.untilPrinted('ready: rotate the secret', startMs);
  return dev;
}

/** A command in another terminal, whose environment says nothing but where the state is. */
function run(...args: string[]): Promise<CommandResult> {
  return runRotor(args, { env: { ROTOR_HOME: home } });
}

function processes(): ProcessIdentity[] {
  return listedProcesses(path.join(home, 'processes'));
}

async function expectAllGone(before: readonly ProcessIdentity[]): Promise<void> {
  await waitUntil(() => living(before).length === 0, { limitMs: 20_000 });
  expect(living(before)).toEqual([]);
}

async function currentVersion(): Promise<{ versionId: string; text: string }> {
  const { environment } = JSON.parse(await readFile(path.join(home, 'stack.json'), 'utf8')) as {
    environment: Record<string, string>;
  };
  const client = new SecretsManagerClient({
    endpoint: environment.AWS_ENDPOINT_URL_SECRETS_MANAGER ?? '',
    region: environment.AWS_REGION ?? '',
    credentials: {
      accessKeyId: environment.AWS_ACCESS_KEY_ID ?? '',
      secretAccessKey: environment.AWS_SECRET_ACCESS_KEY ?? '',
    },
  });
  const { VersionId = '', SecretString = '' } = await client.send(new GetSecretValueCommand({ SecretId: 'demo/app' }));
  client.destroy();
  return { versionId: VersionId, text: SecretString };
}

async function withTemporal<T>(use: (client: Client) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({ address: `127.0.0.1:${String(ports[1])}` });
  try {
    return await use(new Client({ connection }));
  } finally {
    await connection.close();
  }
}

test('another terminal rotates and asks, without any environment; Ctrl-C ends all', async () => {
  const dev = await startDev();
  const before = processes();
  expect(before).toHaveLength(5);

  const rotated = await run('rotate', 'demo/app', '--wait', '--days', '30');
  const status = await run('status', 'demo/app');
  dev.signalGroup('SIGINT');
  const { code, stderr } = await dev.ended;

  expect(rotated).toMatchObject({ code: 0, stderr: '' });
  expect(status).toMatchObject({ code: 0, stderr: '' });
  expect(status.stdout).toContain('AWSPREVIOUS');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(living(before)).toEqual([]);
});

test('the web UI is where it is said to be, and the file that leads there is private', async () => {
  const dev = await startDev();
  const url = /web UI: (\S+)/.exec(dev.printed.stdout)?.[1] ?? '';

  expect((await fetch(url)).status).toBe(200);
  expect((await stat(path.join(home, 'stack.json'))).mode & 0o777).toBe(0o600);
});

test('secrets, schedules, open workflows and passwords are there after a stop and a start', async () => {
  const first = await startDev();
  await run('rotate', 'demo/app', '--wait', '--days', '45');
  await withTemporal((client) => client.workflow.start('none', { workflowId: 'open', taskQueue: 'nobody' }));
  const before = await currentVersion();
  first.kill('SIGTERM');
  expect((await first.ended).code).toBe(0);

  await startDev();

  expect(await currentVersion()).toEqual(before);
  const open = await withTemporal((client) => client.workflow.getHandle('open').describe());
  expect(open.status.name).toBe('RUNNING');
  const status = await run('status', 'demo/app', '--json');
  expect(JSON.parse(status.stdout)).toMatchObject({
    schedule: { plan: { rotationRules: { automaticallyAfterDays: 45 } } },
  });
  expect(await run('rotate', 'demo/app', '--wait')).toMatchObject({ code: 0, stderr: '' });
});

test('kill -9 leaves no process, and the next start needs no help', async () => {
  const first = await startDev();
  const before = processes();

  first.kill('SIGKILL');
  await first.ended;
  await expectAllGone(before);
  await startDev();

  expect(await run('rotate', 'demo/app', '--wait')).toMatchObject({ code: 0, stderr: '' });
});

test('Ctrl-C while it starts ends all that was begun', async () => {
  const env = { ROTOR_HOME: home, TEMPORAL_CLI_PATH: sharedServers().temporalExecutable };
  const dev = new RotorCommand(['dev', ...ports], { env });
  await dev.untilPrinted('Temporal is up');
  const before = processes();

  dev.signalGroup('SIGINT');
  const { code, stderr } = await dev.ended;

  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(living([...before, ...processes()])).toEqual([]);
});

test('a second `rotor dev` on the same folder is refused, and the first one goes on', async () => {
  await startDev();

  const second = await runRotor(['dev', ...ports], {
    env: { ROTOR_HOME: home, TEMPORAL_CLI_PATH: sharedServers().temporalExecutable },
  });

  expect(second.code).toBe(1);
  expect(second.stderr).toMatch(/^rotor: process \d+ already runs its servers from .*\n$/);
  expect(await run('status', 'demo/app')).toMatchObject({ code: 0 });
});

test('a worker that is killed is started again', async () => {
  const dev = await startDev();

  process.kill(listedProcess(path.join(home, 'processes'), 'worker').pid, 'SIGKILL');
  await dev.untilPrinted('the worker ended by itself', startMs);

  expect(await run('rotate', 'demo/app', '--wait')).toMatchObject({ code: 0, stderr: '' });
});

test('a server that is killed ends everything, with one line that says where to look', async () => {
  const dev = await startDev();
  const before = processes();

  process.kill(listedProcess(path.join(home, 'processes'), 'temporal').pid, 'SIGKILL');
  const { code, stderr } = await dev.ended;

  expect(code).toBe(1);
  expect(stderr).toMatch(/^rotor: Temporal ended by itself: see \S+temporal\.log\. .*start it again\.\n$/);
  expect(living(before)).toEqual([]);
});
