import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findFreePort } from '../../local/supervisor';
import { type RotatedApplication } from '../support/rotated-application';
import { type CommandResult, endCommands, RotorCommand, runRotor } from '../support/rotor-command';
import { RotorUnderTest, type RunningWorker } from '../support/rotor-under-test';

let rotor: RotorUnderTest;

beforeAll(async () => {
  rotor = await RotorUnderTest.start();
});

afterEach(endCommands);

afterAll(() => rotor.close());

function rotate(secretId: string, env: Record<string, string> = {}): Promise<CommandResult> {
  return runRotor(['rotate', secretId, '--wait'], { env: { ...rotor.environment, ...env } });
}

/** One line on stderr, exit code 1, and nothing that only a programmer understands. */
function expectOneLine({ code, stderr }: CommandResult, ...parts: readonly string[]): void {
  expect(stderr).toMatch(/^rotor: [^\n]+\n$/);
  expect(stderr).not.toMatch(/ {4}at |Warning|node_modules|undefined|\[object/);
  for (const part of parts) expect(stderr).toContain(part);
  expect(code).toBe(1);
}

/** The password and the labels are those of a secret that nobody ever rotated. */
async function expectUntouched(application: RotatedApplication): Promise<void> {
  expect(await application.labels()).toEqual({ [application.firstVersion]: ['AWSCURRENT'] });
  expect(await application.accepts(application.firstPassword)).toBe(true);
}

describe('with a worker', () => {
  let worker: RunningWorker;

  beforeAll(async () => {
    worker = await rotor.startWorker();
  });

  afterAll(() => worker.stop());

  test('an unknown secret', async () => {
    const result = await rotate('test/nobody-has-this');

    expectOneLine(result, 'no secret "test/nobody-has-this"', 'Check the name');
  });

  test.each([
    ['that is not JSON', () => 'no json at all', ['not a JSON object']],
    ['that is a JSON list', () => '["a"]', ['not a JSON object']],
    ['that lacks its password', (text: string) => text.replace('"password"', '"word"'), ['lacks the key "password"']],
    ['that lacks its host', (text: string) => text.replace('"host"', '"hots"'), ['lacks the key "host"']],
    ['of an engine that Rotor does not have', (text: string) => text.replace('"postgres"', '"dbase"'), ['"dbase"']],
  ])('a secret %s', async (_, edit, parts) => {
    const application = await rotor.createApplication();
    const edited = await application.put(edit(await application.text()));

    const result = await rotate(application.name);

    expectOneLine(result, application.name, ...parts);
    expect(await application.labels()).toEqual({
      [edited]: ['AWSCURRENT'],
      [application.firstVersion]: ['AWSPREVIOUS'],
    });
    expect(await application.accepts(application.firstPassword)).toBe(true);
  });

  test('a current password that is wrong', async () => {
    const application = await rotor.createApplication();
    await application.setPassword('changed-by-hand');

    const result = await rotate(application.name);

    expectOneLine(result, application.name, `user "${application.username}"`, 'store the real password');
    expect(await application.labels()).toEqual({ [application.firstVersion]: ['AWSCURRENT'] });
    expect(await application.accepts('changed-by-hand')).toBe(true);
  });

  test('a database that is down: the rotation waits and says so', async () => {
    const port = await findFreePort();
    const application = await rotor.createApplication({ port });

    const result = await rotate(application.name);

    expectOneLine(result, application.name, `127.0.0.1:${port}`, 'goes on by itself');
    expect(await application.labels()).toEqual({ [application.firstVersion]: ['AWSCURRENT'] });
    await rotor.owner(application.arn).cancel();
    await expect(rotor.owner(application.arn).result()).rejects.toThrow();
    await expectUntouched(application);
  });

  test('a database that takes the connection and never answers: the same, before half a minute is over', async () => {
    const mute = createServer();
    mute.listen(0, '127.0.0.1');
    await once(mute, 'listening');
    const { port } = mute.address() as AddressInfo;
    const application = await rotor.createApplication({ port });

    const result = await rotate(application.name);

    expectOneLine(result, application.name, `127.0.0.1:${port}`, 'did not answer in time', 'goes on by itself');
    await rotor.owner(application.arn).terminate();
    mute.close();
  });

  test('a Secrets Manager that is not reachable', async () => {
    const url = `http://127.0.0.1:${await findFreePort()}`;

    const result = await rotate('test/app', { AWS_ENDPOINT_URL_SECRETS_MANAGER: url });

    expectOneLine(result, url, 'test/app', 'Check the network');
  });
});

test('a Secrets Manager that the worker cannot reach', async () => {
  const url = `http://127.0.0.1:${await findFreePort()}`;
  const env = { ...rotor.environment, ROTOR_TASK_QUEUE: `${rotor.taskQueue}-lost` };
  const worker = new RotorCommand(['worker'], { env: { ...env, AWS_ENDPOINT_URL_SECRETS_MANAGER: url } });
  await worker.untilPrinted('worker polls');
  const application = await rotor.createApplication();

  const result = await runRotor(['rotate', application.name, '--wait'], { env });

  expectOneLine(result, application.name, url, 'goes on by itself');
  await expectUntouched(application);
  await rotor.owner(application.arn).terminate();
});

test('no worker', async () => {
  const application = await rotor.createApplication();

  const result = await rotate(application.name);

  expectOneLine(result, application.name, 'accepted and waits for a worker', rotor.taskQueue, 'rotor worker');
  await expectUntouched(application);
  await rotor.owner(application.arn).terminate();
});

describe('a Temporal that is not reachable', () => {
  let address: string;

  beforeAll(async () => {
    address = `127.0.0.1:${await findFreePort()}`;
  });

  test.each([['rotate', 'test/app'], ['status', 'test/app'], ['worker']])('%s', async (...args) => {
    const result = await runRotor(args, { env: { ...rotor.environment, TEMPORAL_ADDRESS: address } });

    expectOneLine(result, `Temporal at ${address} is not reachable`, 'TEMPORAL_ADDRESS');
  });
});

test('a namespace that Temporal does not know', async () => {
  const env = { ...rotor.environment, TEMPORAL_NAMESPACE: 'nowhere' };
  const application = await rotor.createApplication();

  const worker = await runRotor(['worker'], { env });
  const client = await runRotor(['rotate', application.name], { env });

  expectOneLine(worker, '"nowhere"');
  expectOneLine(client, 'nowhere');
});

describe('a port of `rotor dev` that is taken', () => {
  let squatter: Server;
  let port: number;
  let home: string;

  beforeAll(async () => {
    home = await mkdtemp(path.join(tmpdir(), 'rotor-taken-'));
    port = await findFreePort();
    squatter = createServer().listen(port, '127.0.0.1');
  });

  afterAll(async () => {
    squatter.close();
    await rm(home, { recursive: true, force: true });
  });

  test.each(['--temporal-port', '--ui-port', '--secrets-manager-port', '--postgres-port'])('%s', async (flag) => {
    const flags = ['--temporal-port', '--ui-port', '--secrets-manager-port', '--postgres-port'];
    const ports = await Promise.all(flags.map(async (name) => [name, name === flag ? port : await findFreePort()]));

    const result = await runRotor(['dev', ...ports.flat().map(String)], {
      env: { ROTOR_HOME: home, TEMPORAL_CLI_PATH: rotor.servers.temporalExecutable },
    });

    expectOneLine(result, `port ${port}`, 'already taken', flag);
    expect(result.stdout).toBe('');
  });
});

describe('misuse ends with 2, one line and nothing on stdout', () => {
  test.each([
    [['rotate', 'test/app', '--now'], "unknown option '--now'"],
    [['rotate'], "missing required argument 'secret'"],
    [['rotate', 'a', 'b'], 'too many arguments'],
    [['rotate', 'a', '--days', '0'], '1 to 1000'],
    [['rotate', 'a', '--days', 'seven'], '1 to 1000'],
    [['rotate', 'a', '--token', 'short'], '32 to 64 characters'],
    [['spin'], "unknown command 'spin'"],
    [['dev', '--temporal-port', '70000'], '1 to 65535'],
    [['status', 'a', '--yaml'], "unknown option '--yaml'"],
    [['worker', 'x'], 'too many arguments'],
  ])('rotor %j', async (args, part) => {
    const { code, stdout, stderr } = await runRotor(args);

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(part);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});

test('rotor alone explains itself, and ends with 2', async () => {
  const { code, stderr } = await runRotor([]);

  expect(code).toBe(2);
  expect(stderr).toContain('Usage: rotor');
});

test('rotor --help explains itself on stdout, and ends with 0', async () => {
  const { code, stdout, stderr } = await runRotor(['--help']);

  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  for (const verb of ['dev', 'demo', 'worker', 'rotate', 'configure', 'status'])
    expect(stdout).toMatch(new RegExp(`^ {2}${verb}`, 'm'));
});
