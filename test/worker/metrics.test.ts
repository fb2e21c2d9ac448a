import { randomUUID } from 'node:crypto';
import { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time';
import { findFreePort, waitUntil } from '../../local/supervisor';
import { surveyRotations } from '../../worker/survey-rotations';
import { untilAsked } from '../support/end-states';
import { Hold } from '../support/hold';
import { RotorCommand, endCommands } from '../support/rotor-command';
import { RotorUnderTest } from '../support/rotor-under-test';

let rotor: RotorUnderTest;

beforeAll(async () => {
  rotor = await RotorUnderTest.start();
});

afterEach(endCommands);

afterAll(() => rotor.close());

async function scrape(address: string): Promise<string> {
  try {
    return await (await fetch(`http://${address}/metrics`)).text();
  } catch {
    return '';
  }
}

test('a worker that is given an address serves its metrics there, and Temporal’s beside them', async () => {
  const address = `127.0.0.1:${await findFreePort()}`;
  const worker = new RotorCommand(['worker'], { env: { ...rotor.environment, ROTOR_METRICS_ADDRESS: address } });
  await worker.untilPrinted('worker polls');
  const good = await rotor.createApplication();
  const bad = await rotor.createApplication();
  await bad.setPassword('changed-by-somebody');

  await rotor.rotate(good);
  await rotor.signal(bad.arn);
  await rotor
    .owner(bad.arn)
    .result()
    .catch(() => undefined);

  const seen = { text: '' };
  await waitUntil(
    async () => {
      seen.text = await scrape(address);
      return seen.text.includes('rotor_overdue') && seen.text.includes('outcome="failed"');
    },
    { limitMs: 30_000, everyMs: 200 },
  );
  expect(seen.text).toMatch(/^rotor_rotations\{[^}]*outcome="rotated"[^}]*trigger="request"[^}]*\} 1$/m);
  expect(seen.text).toMatch(/^rotor_rotations\{[^}]*outcome="failed"[^}]*trigger="signal"[^}]*\} 1$/m);
  expect(seen.text).toMatch(/^rotor_step_duration_count\{[^}]*outcome="done"[^}]*step="setSecret"[^}]*\} 1$/m);
  expect(seen.text).toMatch(/^rotor_step_duration_count\{[^}]*outcome="failed"[^}]*step="createSecret"[^}]*\} 1$/m);
  const lastSuccess = new RegExp(`^rotor_last_success_timestamp\\{[^}]*secret="${good.arn}"[^}]*\\} (\\d+)$`, 'm');
  expect(Math.abs(Number(lastSuccess.exec(seen.text)?.[1]) - Date.now() / 1_000)).toBeLessThan(60);
  expect(seen.text).toMatch(/^rotor_overdue(\{[^}]*\})? 0$/m);
  expect(seen.text).toMatch(/^temporal_worker_task_slots_available\{/m);
  expect(seen.text).not.toContain(await good.password());
});

test('a worker tells when every secret with a schedule was last rotated, also by a worker that is gone', async () => {
  const application = await rotor.createApplication();
  const secretId = application.name;
  const first = new RotorCommand(['worker'], { env: rotor.environment });
  await first.untilPrinted('worker polls');
  const rotation = await rotor.client.rotateSecret({ secretId, rotationRules: { automaticallyAfterDays: 5 } });
  const { rotatedAt = '' } = await rotor.client.outcome(rotation);
  first.kill('SIGTERM');
  await first.ended;

  const address = `127.0.0.1:${await findFreePort()}`;
  new RotorCommand(['worker'], { env: { ...rotor.environment, ROTOR_METRICS_ADDRESS: address } });

  const seconds = Math.floor(Date.parse(rotatedAt) / 1_000);
  const told = new RegExp(`^rotor_last_success_timestamp\\{[^}]*secret="${application.arn}"[^}]*\\} ${seconds}$`, 'm');
  expect(await waitUntil(async () => told.test(await scrape(address)), { limitMs: 30_000, everyMs: 200 })).toBe(true);
});

test('rotations that wait for a decision are counted, those of other workers too, and each question that is asked', async () => {
  const hold = new Hold({ step: 'testSecret', moment: 'before' });
  const first = await rotor.startWorker({ wrap: (activities) => hold.wrap(activities) });
  const { name, arn, username } = await rotor.createApplication();
  const rotation = await rotor.client.rotateSecret({ secretId: name });
  await hold.reached;
  await rotor.postgres.sql(`ALTER ROLE ${username} NOLOGIN`);
  hold.release();
  await untilAsked(rotor, { rotation });
  const isListed = async (): Promise<boolean> => (await surveyRotations(rotor.temporal, new Date())).waiting.has(arn);
  await waitUntil(isListed, { limitMs: 30_000 });
  await first.stop();

  const address = `127.0.0.1:${await findFreePort()}`;
  new RotorCommand(['worker'], { env: { ...rotor.environment, ROTOR_METRICS_ADDRESS: address } });

  const told = async (what: RegExp): Promise<boolean> => what.test(await scrape(address));
  const untilTold = (what: RegExp): Promise<boolean> => waitUntil(() => told(what), { limitMs: 30_000, everyMs: 200 });
  expect(await untilTold(/^rotor_waiting_for_decision(\{[^}]*\})? [1-9]\d*$/m)).toBe(true);
  expect(await told(/^rotor_decisions_needed/m)).toBe(false); // that one was asked by the worker before
  await rotor.client.decide({ secretId: name, choice: 'retry', question: 1 });
  await untilAsked(rotor, { rotation, question: 2 });
  expect(await untilTold(/^rotor_decisions_needed(\{[^}]*\})? 1$/m)).toBe(true);
  await rotor.postgres.sql(`ALTER ROLE ${username} LOGIN`);
  await rotor.client.decide({ secretId: name, choice: 'rollBack', question: 2 });
  await rotor.untilRotated(arn, { runs: 1 });
});

test('how many rotations wait is not told in a namespace that has no room for the search attributes', async () => {
  const address = `127.0.0.1:${await findFreePort()}`;
  const env = { ...rotor.environment, ROTOR_METRICS_ADDRESS: address, TEMPORAL_NAMESPACE: await fullNamespace() };
  const worker = new RotorCommand(['worker'], { env });
  await worker.untilPrinted('worker polls');

  await waitUntil(async () => (await scrape(address)).includes('rotor_overdue'), { limitMs: 30_000, everyMs: 200 });

  const text = await scrape(address);
  expect(text).toMatch(/^rotor_overdue(\{[^}]*\})? 0$/m);
  expect(text).not.toContain('rotor_waiting_for_decision');
});

/** A namespace in which all search attributes that it may have are somebody else's. */
async function fullNamespace(): Promise<string> {
  const namespace = `full-${randomUUID()}`;
  const connection = await Connection.connect({ address: rotor.servers.temporal.address });
  await connection.workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod: msToTs('7 days') });
  const taken = Object.fromEntries(Array.from({ length: 10 }, (_, at) => [`Taken${at}`, 2]));
  const fill = (): Promise<boolean> =>
    connection.operatorService.addSearchAttributes({ namespace, searchAttributes: taken }).then(
      () => true,
      () => false, // the server does not know its new namespace at once
    );
  expect(await waitUntil(fill, { limitMs: 30_000, everyMs: 200 })).toBe(true);
  await connection.close();
  return namespace;
}

test('a worker that is given no address serves nothing', async () => {
  const worker = new RotorCommand(['worker'], { env: rotor.environment });
  await worker.untilPrinted('worker polls');

  expect(worker.printed.stderr).toBe('');
});

test('an address that cannot be had ends the worker with one line', async () => {
  const worker = new RotorCommand(['worker'], { env: { ...rotor.environment, ROTOR_METRICS_ADDRESS: 'nowhere' } });

  const { code, stderr } = await worker.ended;

  expect(code).toBe(1);
  expect(stderr).toMatch(/^rotor: Metrics cannot be served at "nowhere"\. Set ROTOR_METRICS_ADDRESS .*\n$/);
});
