import { randomUUID } from 'node:crypto';
import { CreateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { createSecretsManagerClient, SecretsManagerStore } from '../../../adapters/secrets-manager';
import { WritePace } from '../../../adapters/secrets-manager/write-pace';
import { startSecretsManager } from '../../../local/secrets-manager';
import { StoreUnavailableError } from '../../../rotation/errors';
import { Sensitive } from '../../../rotation/sensitive';

/** When each of so many writes goes that all want to go at once. */
function sendAll(pace: WritePace, { now, count }: { now: number; count: number }): number[] {
  const times: number[] = [];
  while (times.length < count) {
    const at = Math.max(now, times.at(-1) ?? now);
    times.push(at + pace.waitMs(at));
    pace.sent(at + pace.waitMs(at));
  }
  return times;
}

/** How many of many writes that want to go now may go within a second. */
function withinASecond(pace: WritePace, now: number): number {
  return sendAll(pace, { now, count: 200 }).filter((at) => at < now + 1_000).length;
}

test('writes go at any time until the service asks to slow down', () => {
  expect(new Set(sendAll(new WritePace(), { now: 0, count: 1_000 }))).toEqual(new Set([0]));
});

test('writes then go one after another, just below the quota of 50 a second', () => {
  const pace = new WritePace();
  pace.throttled(0);

  const times = sendAll(pace, { now: 0, count: 100 });

  expect(times[0]).toBe(200);
  expect((times[99] ?? 0) - (times[0] ?? 0)).toBeCloseTo((99 / 49.5) * 1_000, 0);
});

test('what timers let go late is made up for, and no more than a tenth of a second of it', () => {
  const pace = new WritePace();
  pace.throttled(0);
  const send = (now: number): number => sendAll(pace, { now, count: 10 }).filter((at) => at === now).length;

  sendAll(pace, { now: 0, count: 1 });
  expect(send(281)).toBe(4); // due at 220, 240, 261 and 281
  expect(send(10_000)).toBe(5);
});

test('refusals that come together are one, and do not slow down further', () => {
  const pace = new WritePace();
  for (let now = 0; now < 20; now++) pace.throttled(now);

  expect(withinASecond(pace, 5_000)).toBeGreaterThanOrEqual(49);
});

test.each([
  ['at once', 1_200, 40],
  ['and each second after it speeds up by a twentieth', 4_200, 46],
])('a refusal slows down by a fifth, %s', (_, now, count) => {
  const pace = new WritePace();
  pace.throttled(0);
  pace.throttled(1_000);

  const times = sendAll(pace, { now: 1_200, count: 400 }).filter((at) => at >= now && at < now + 1_000);

  expect(Math.abs(times.length - count)).toBeLessThanOrEqual(1);
});

test('refusals that go on slow down to some writes a second, until none has come for a while', () => {
  const pace = new WritePace();
  for (let now = 0; now <= 30_000; now += 600) pace.throttled(now);
  const slowed = withinASecond(pace, 31_000);

  expect(slowed).toBeLessThan(10);
  expect(withinASecond(pace, 31_000 + 200_000)).toBe(200); // by then it is forgotten
});

test('without further refusals the pace comes back to the quota', () => {
  const pace = new WritePace();
  for (let now = 0; now <= 3_000; now += 600) pace.throttled(now);

  expect(withinASecond(pace, 3_000 + 30_000)).toBeGreaterThanOrEqual(49);
});

test('a minute without a refusal, and writes go at any time again', () => {
  const pace = new WritePace();
  pace.throttled(0);
  sendAll(pace, { now: 1_000, count: 10 });

  expect(new Set(sendAll(pace, { now: 60_001, count: 1_000 }))).toEqual(new Set([60_001]));
});

/** As a step is repeated that was refused to the client's last attempt. */
async function untilAvailable(write: () => Promise<unknown>): Promise<void> {
  await write().catch((err: unknown) => {
    if (!(err instanceof StoreUnavailableError)) throw err;
    return untilAvailable(write);
  });
}

/** Does the writes of so many rotations at once, with a share of the service's quotas. */
async function rotateAtOnce({ share, count }: { share: number; count: number }): Promise<{
  readonly seconds: number;
  readonly throttled: number;
  readonly labels: readonly string[][][];
}> {
  const endpoint = await startSecretsManager({ enforceQuotas: share });
  const { url, region, credentials } = endpoint;
  const client = createSecretsManagerClient({ endpoint: url, region, credentials });
  const store = new SecretsManagerStore({ client });
  const secrets = await Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const command = new CreateSecretCommand({ Name: `app-${index}`, SecretString: 'first' });
      const { ARN = '', VersionId = '' } = await client.send(command);
      return { secretId: ARN, from: VersionId };
    }),
  );

  const begin = performance.now();
  await Promise.all(
    secrets.map(async ({ secretId, from }) => {
      const to = randomUUID();
      await untilAvailable(() => store.putPending({ secretId, clientRequestToken: to, text: new Sensitive('second') }));
      await untilAvailable(() => store.moveCurrent({ secretId, from, to }));
      await untilAvailable(() => store.removePending({ secretId, versionId: to }));
    }),
  );
  const seconds = (performance.now() - begin) / 1_000;
  const described = await Promise.all(secrets.map(({ secretId }) => store.describe(secretId)));
  const throttled = endpoint.controls.calls.list().filter(({ error }) => error === 'ThrottlingException').length;
  client.destroy();
  await endpoint.close();
  return { seconds, throttled, labels: described.map(({ labels }) => Object.values(labels).map((held) => [...held])) };
}

test.each([
  { share: 1, count: 40, leastSeconds: (120 - 50) / 50 },
  { share: 0.5, count: 25, leastSeconds: (75 - 25) / 25 },
])('with $share of the quotas, the writes of $count rotations at once all succeed, at their rate', async (some) => {
  const { seconds, throttled, labels } = await rotateAtOnce(some);

  for (const held of labels) expect(held.sort()).toEqual([['AWSCURRENT'], ['AWSPREVIOUS']]);
  expect(throttled).toBeGreaterThan(0);
  expect(seconds).toBeGreaterThan(some.leastSeconds);
  expect(seconds).toBeLessThan(20);
});
