import { findFreePort, waitUntil } from '../../local/supervisor';
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
    { limitMs: 20_000, everyMs: 200 },
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
  const rotation = await rotor.client.rotateSecret({ secretId, rotationRules: { automaticallyAfterDays: 5 } });
  const { rotatedAt = '' } = await rotor.client.outcome(rotation);
  first.kill('SIGTERM');
  await first.ended;

  const address = `127.0.0.1:${await findFreePort()}`;
  new RotorCommand(['worker'], { env: { ...rotor.environment, ROTOR_METRICS_ADDRESS: address } });

  const seconds = Math.floor(Date.parse(rotatedAt) / 1_000);
  const told = new RegExp(`^rotor_last_success_timestamp\\{[^}]*secret="${application.arn}"[^}]*\\} ${seconds}$`, 'm');
  expect(await waitUntil(async () => told.test(await scrape(address)), { limitMs: 20_000, everyMs: 200 })).toBe(true);
});

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
