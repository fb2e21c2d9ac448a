import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { serverEnvironment, waitUntil } from '../../local/supervisor';
import { type RotationEvent } from '../../rotation/rotation-event';
import { entryOf, putEventsAnswer } from '../adapters/event-bridge/put-events';
import { documentedCheck } from '../support/events-docs';
import { HttpReceiver } from '../support/http-receiver';
import { endCommands, RotorCommand, runRotor } from '../support/rotor-command';
import { RotorUnderTest } from '../support/rotor-under-test';

const key = 'a-key-of-more-than-32-characters-for-tests';

let rotor: RotorUnderTest;
let receiver: HttpReceiver;
let folder: string;
let keyFile: string;

beforeAll(async () => {
  rotor = await RotorUnderTest.start();
  folder = await mkdtemp(path.join(tmpdir(), 'rotor-events-'));
  keyFile = path.join(folder, 'key');
  await writeFile(keyFile, `${key}\n`);
});

beforeEach(async () => {
  receiver = await HttpReceiver.start();
});

afterEach(async () => {
  await endCommands();
  await receiver.close();
});

afterAll(async () => {
  await rotor.close();
  await rm(folder, { recursive: true, force: true });
});

/** A worker process that polls, with these variables beside those that lead it here. */
async function startWorker(env: Record<string, string> = {}): Promise<RotorCommand> {
  const worker = new RotorCommand(['worker'], { env: { ...rotor.environment, ...env } });
  await worker.untilPrinted('worker polls');
  return worker;
}

function webhook(): Record<string, string> {
  return { ROTOR_WEBHOOK_URL: `${receiver.url}/rotor`, ROTOR_WEBHOOK_SECRET_FILE: keyFile };
}

function names(): string[] {
  return receiver.bodies<RotationEvent>().map(({ name }) => name);
}

test('a worker prints each event as a line of JSON, with nothing set up', async () => {
  const worker = await startWorker();

  const { arn, versionId } = await rotor.rotate(await rotor.createApplication());

  await worker.untilPrinted('RotationSucceeded');
  const lines = worker.printed.stdout.trim().split('\n').slice(1);
  const events = lines.map((line) => JSON.parse(line) as RotationEvent);
  expect(events.map(({ name }) => name)).toEqual(['RotationStarted', 'RotationSucceeded']);
  for (const event of events) expect(event).toMatchObject({ secretId: arn, clientRequestToken: versionId });
  expect(worker.printed.stderr).toBe('');
});

test('a worker whose output nobody reads any more goes on rotating', async () => {
  const worker = spawn(process.execPath, [rotor.servers.program.command, 'worker'], {
    env: serverEnvironment(rotor.environment),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(worker.stdout, 'data');
  worker.stdout.destroy();

  await rotor.rotate(await rotor.createApplication());
  await rotor.rotate(await rotor.createApplication());

  expect(worker.exitCode).toBeNull();
  const gone = once(worker, 'exit');
  worker.kill('SIGKILL');
  await gone;
});

test('a worker posts events to the webhook of its environment, signed with the key of the file', async () => {
  await startWorker(webhook());

  await rotor.rotate(await rotor.createApplication());

  expect(await receiver.untilReceived(2)).toBe(true);
  expect(names()).toEqual(['RotationStarted', 'RotationSucceeded']);
  const isFromRotor = documentedCheck();
  for (const { body, headers } of receiver.posts) {
    expect(isFromRotor({ body, key, header: String(headers['rotor-signature']) })).toBe(true);
  }
});

test('a worker puts events on the bus of its environment', async () => {
  receiver.answer = () => putEventsAnswer({ EventId: 'e-1' });
  await startWorker({ ROTOR_EVENT_BUS: 'rotations', AWS_ENDPOINT_URL_EVENTBRIDGE: receiver.url });

  await rotor.rotate(await rotor.createApplication());

  expect(await receiver.untilReceived(2)).toBe(true);
  const entries = receiver.posts.map(({ body }) => entryOf(body));
  expect(entries.map(({ DetailType: type }) => type)).toEqual(['RotationStarted', 'RotationSucceeded']);
  expect(entries[0]).toMatchObject({ EventBusName: 'rotations', Source: 'rotor' });
});

test('events whose receiver hung when the worker was killed with -9 are told by the next one', async () => {
  receiver.answer = () => 'silence';
  const killed = await startWorker(webhook());
  const rotation = await rotor.rotate(await rotor.createApplication());
  await receiver.untilReceived(1);
  killed.kill('SIGKILL');
  await killed.ended;

  receiver.posts.length = 0;
  receiver.answer = () => ({ status: 200 });
  await startWorker(webhook());

  expect(await waitUntil(() => names().includes('RotationSucceeded'), { limitMs: 40_000 })).toBe(true);
  expect(names()).toEqual(['RotationStarted', 'RotationSucceeded']);
  expect(receiver.bodies<RotationEvent>().map(({ id }) => id)).toEqual([
    `${String(rotation.runId)}/1`,
    `${String(rotation.runId)}/2`,
  ]);
});

test('an event that the receiver refuses for good is named on stderr', async () => {
  receiver.answer = () => ({ status: 410 });
  const worker = await startWorker(webhook());

  const { runId } = await rotor.rotate(await rotor.createApplication());

  const lost = `The event RotationSucceeded is lost to webhook: The webhook at ${receiver.url} answers`;
  expect(await waitUntil(() => worker.printed.stderr.includes(lost), { limitMs: 30_000 })).toBe(true);
  expect(worker.printed.stderr).toContain(`${String(runId)}/2`);
  expect(worker.printed.stdout).toContain(`${String(runId)}/2`);
});

test('SIGTERM ends a worker at once and quietly while a receiver hangs', async () => {
  receiver.answer = () => 'silence';
  const worker = await startWorker(webhook());
  await rotor.rotate(await rotor.createApplication());
  await receiver.untilReceived(1);
  const begin = Date.now();

  worker.kill('SIGTERM');
  const { code, stderr } = await worker.ended;

  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(Date.now() - begin).toBeLessThan(8_000);
});

describe('a worker does not start', () => {
  const url = 'https://hooks.example.com/canary-path?token=canary-token';

  test.each<[string, () => Record<string, string>, string]>([
    ['without a key', () => ({ ROTOR_WEBHOOK_URL: url }), 'set ROTOR_WEBHOOK_URL and ROTOR_WEBHOOK_SECRET_FILE'],
    ['without a URL', () => ({ ROTOR_WEBHOOK_SECRET_FILE: keyFile }), 'set ROTOR_WEBHOOK_URL'],
    ['with a URL that is none', () => ({ ...webhook(), ROTOR_WEBHOOK_URL: 'canary hook' }), 'an https: URL'],
    ['with http: elsewhere', () => ({ ...webhook(), ROTOR_WEBHOOK_URL: 'http://canary.example.com' }), 'an https: URL'],
    ['with a file that is not there', () => ({ ...webhook(), ROTOR_WEBHOOK_SECRET_FILE: '/none' }), 'cannot be read'],
    ['with a short key', () => ({ ...webhook(), ROTOR_WEBHOOK_SECRET_FILE: path.join(folder, 'short') }), '32'],
  ])('%s, and says so in one line that repeats no secret', async (_how, env, expected) => {
    await writeFile(path.join(folder, 'short'), 'canary-key\n');

    const { code, stderr } = await runRotor(['worker'], { env: { ...rotor.environment, ...env() } });

    expect(code).toBe(1);
    expect(stderr).toMatch(/^rotor: [^\n]*\n$/);
    expect(stderr).toContain(expected);
    expect(stderr).not.toContain('canary');
  });
});
