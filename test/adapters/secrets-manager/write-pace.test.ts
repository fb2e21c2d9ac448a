import { randomUUID } from 'node:crypto';
import { CreateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { createSecretsManagerClient, SecretsManagerStore } from '../../../adapters/secrets-manager';
import { WritePace } from '../../../adapters/secrets-manager/write-pace';
import { startSecretsManager } from '../../../local/secrets-manager';
import { Sensitive } from '../../../rotation/sensitive';

/** How many of many writes that want to go now may go within a second. */
function withinASecond(pace: WritePace, now: number): number {
  return Array.from({ length: 200 }, () => pace.waitMs(now)).filter((wait) => wait < 1_000).length;
}

test('writes go at any time until the service asks to slow down', () => {
  const pace = new WritePace();

  expect(Array.from({ length: 1_000 }, () => pace.waitMs(0)).every((wait) => wait === 0)).toBe(true);
});

test('writes then go one after another, just below the quota of 50 a second', () => {
  const pace = new WritePace();
  pace.throttled(0);

  const waits = Array.from({ length: 50 }, () => pace.waitMs(0));

  expect(waits[0]).toBe(200);
  expect((waits[49] ?? 0) - (waits[0] ?? 0)).toBeCloseTo(1_000, 0);
});

test('refusals that come together are one, and do not slow down further', () => {
  const pace = new WritePace();
  for (let now = 0; now < 20; now++) pace.throttled(now);

  expect(withinASecond(pace, 5_000)).toBe(50);
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
  for (let now = 0; now <= 6_000; now += 600) pace.throttled(now);

  expect(withinASecond(pace, 6_000 + 30_000)).toBe(50);
});

test('a minute without a refusal, and writes go at any time again', () => {
  const pace = new WritePace();
  pace.throttled(0);
  pace.waitMs(1_000);

  expect(pace.waitMs(60_001)).toBe(0);
  expect(pace.waitMs(60_001)).toBe(0);
});

test("with the service's quotas enforced, 40 rotations' writes at once all succeed, at the rate of the quota", async () => {
  const endpoint = await startSecretsManager({ enforceQuotas: 1 });
  const { url, region, credentials } = endpoint;
  const client = createSecretsManagerClient({ endpoint: url, region, credentials });
  const store = new SecretsManagerStore({ client });
  const secrets = await Promise.all(
    Array.from({ length: 40 }, async (_, index) => {
      const { ARN = '', VersionId = '' } = await client.send(
        new CreateSecretCommand({ Name: `app-${index}`, SecretString: 'first' }),
      );
      return { secretId: ARN, from: VersionId };
    }),
  );

  const begin = performance.now();
  await Promise.all(
    secrets.map(async ({ secretId, from }) => {
      const to = randomUUID();
      await store.putPending({ secretId, clientRequestToken: to, text: new Sensitive('second') });
      await store.moveCurrent({ secretId, from, to });
      await store.removePending({ secretId, versionId: to });
    }),
  );
  const seconds = (performance.now() - begin) / 1_000;
  const labels = await Promise.all(secrets.map(async ({ secretId }) => (await store.describe(secretId)).labels));
  const throttled = endpoint.controls.calls.list().filter(({ error }) => error === 'ThrottlingException');
  client.destroy();
  await endpoint.close();

  expect(throttled.length).toBeGreaterThan(0);
  for (const held of labels) expect(Object.values(held).sort()).toEqual([['AWSCURRENT'], ['AWSPREVIOUS']]);
  expect(seconds).toBeGreaterThan((120 - 50) / 50);
  expect(seconds).toBeLessThan(10);
});
