import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { Hold } from '../support/hold';
import { endCommands, runRotor, type CommandResult } from '../support/rotor-command';
import { RotorUnderTest } from '../support/rotor-under-test';

let rotor: RotorUnderTest;

beforeAll(async () => {
  rotor = await RotorUnderTest.start();
});

afterEach(endCommands);

afterAll(() => rotor.close());

function run(...args: string[]): Promise<CommandResult> {
  return runRotor(args, { env: rotor.environment });
}

test('pause, status, list, resume and remove, one after another', async () => {
  const { name, arn } = await rotor.createApplication();
  await rotor.client.configure({ secretId: name, rotationRules: { automaticallyAfterDays: 7 } });

  const said = [
    await run('pause', name, '--note', 'until Tuesday'),
    await run('status', name),
    await run('list', '--state', 'paused'),
    await run('resume', name),
    await run('list', '--json'),
    await run('remove', name),
    await run('pause', name),
  ];

  expect(said.map(({ code }) => code)).toEqual([0, 0, 0, 0, 0, 0, 1]);
  const [pause, status, paused, resume, list, remove, missing] = said.map(({ stdout, stderr }) => stdout + stderr);
  expect(pause).toBe(`scheduled rotations of ${name} are paused\n`);
  expect(status).toMatch(/^schedule {2}every 7 days, next rotation 20\S+Z, paused \(until Tuesday\)$/m);
  expect(paused).toMatch(new RegExp(`^paused {5}20\\S+Z {2}${arn} {2}\\(until Tuesday\\)$`, 'm'));
  expect(resume).toBe(`scheduled rotations of ${name} go on\n`);
  const documents = (list ?? '')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { arn: string; state: string });
  expect(documents.find((document) => document.arn === arn)?.state).toBe('scheduled');
  expect(remove).toBe(`${name} is no longer rotated by schedule\n`);
  expect(missing).toMatch(new RegExp(`^rotor: ${name} has no schedule\\. .*\n$`));
});

test('cancel stops a rotation under way, and says so where there is none', async () => {
  const hold = new Hold({ step: 'setSecret', moment: 'before' });
  const worker = await rotor.startWorker({ wrap: (activities) => hold.wrap(activities) });
  const application = await rotor.createApplication();
  const { name } = application;
  await rotor.client.rotateSecret({ secretId: name });
  await hold.reached;

  const stopped = await run('cancel', name, '--note', 'wrong secret');
  await rotor.untilRotated(application.arn, { runs: 1 });
  const nothing = await run('cancel', name);

  expect(stopped).toMatchObject({ code: 0, stderr: '' });
  expect(stopped.stdout).toBe(`the rotation of ${name} is told to stop; \`rotor status ${name}\` shows how it ended\n`);
  expect(nothing).toMatchObject({
    code: 0,
    stdout: `no rotation of ${name} is under way; its schedule, if any, is paused\n`,
  });
  expect(await application.labels()).toEqual({ [application.firstVersion]: ['AWSCURRENT'] });
  await worker.stop();
});

test('rotate --schedule, --duration and --test-only store, arm and test, and rotate nothing', async () => {
  const worker = await rotor.startWorker();
  const application = await rotor.createApplication();
  const { name } = application;

  const tested = await run(
    'rotate',
    name,
    '--schedule',
    'cron(0 8 1 * ? *)',
    '--duration',
    '3h',
    '--test-only',
    '--wait',
  );

  expect(tested).toMatchObject({ code: 0, stderr: '' });
  expect(tested.stdout).toContain(`${name} is not rotated; its current credential signs in and was checked\n`);
  expect((await rotor.client.describe(name)).schedule?.plan?.rotationRules).toEqual({
    scheduleExpression: 'cron(0 8 1 * ? *)',
    duration: '3h',
  });
  expect(await application.versions()).toHaveLength(1);
  await worker.stop();
});

test('rules that AWS would refuse end with 1 and one line, and store nothing', async () => {
  const { name } = await rotor.createApplication();

  const { code, stdout, stderr } = await run('rotate', name, '--schedule', 'rate(3 hours)');

  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(/^rotor: .*at least 4 hours.*\n$/);
  expect((await rotor.client.describe(name)).schedule).toBeUndefined();
});

test("README's line for the plain temporal command rotates a secret, and sent twice is one rotation", async () => {
  const hold = new Hold({ step: 'setSecret', moment: 'before' });
  const worker = await rotor.startWorker({ wrap: (activities) => hold.wrap(activities) });
  const application = await rotor.createApplication();
  const readme = await readFile(path.join(__dirname, '../../README.md'), 'utf8');
  const [line = ''] = /^temporal workflow signal-with-start (?:.*\\\n)*.*$/m.exec(readme) ?? [];
  const { temporal, temporalExecutable } = rotor.servers;
  const command = line
    .replaceAll('FULL-ARN', application.arn)
    .replace('--task-queue rotor', `--task-queue ${rotor.taskQueue}`)
    .replace(/^temporal/, `'${temporalExecutable}'`);
  const env = { ...process.env, TEMPORAL_ADDRESS: temporal.address, TEMPORAL_NAMESPACE: temporal.namespace };
  const send = (): Promise<unknown> => promisify(execFile)('sh', ['-c', command], { env });

  await send();
  await hold.reached;
  await send();
  hold.release();
  const { outcome } = await rotor.owner(application.arn).result();

  expect(outcome).toBe('rotated');
  expect(await rotor.runs(application.arn)).toHaveLength(1);
  expect(await application.accepts(await application.password())).toBe(true);
  await worker.stop();
});
