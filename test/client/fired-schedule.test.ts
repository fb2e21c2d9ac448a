import { rearm } from '../../activities/rotation-schedule';
import { waitUntil } from '../../local/supervisor';
import { rotationId } from '../../rotation/rotation-id';
import { nextRotation } from '../../rotation/schedule/next-rotation';
import { type RotatedApplication } from '../support/rotated-application';
import { RotorUnderTest } from '../support/rotor-under-test';

const dayMs = 86_400_000;

let rotor: RotorUnderTest;

beforeAll(async () => {
  rotor = await RotorUnderTest.start();
  await rotor.startWorker();
});

afterAll(() => rotor.close());

/** Asks for a rotation every so many days, and waits for the first one; returns what it says of the next. */
async function rotateEvery(days: number, application: RotatedApplication): Promise<string> {
  const rotationRules = { automaticallyAfterDays: days };
  const rotation = await rotor.client.rotateSecret({ secretId: application.name, rotationRules });
  return (await rotor.client.outcome(rotation)).nextRotation ?? '';
}

async function planned(application: RotatedApplication): Promise<{ next: string; paused: boolean; note?: string }> {
  const { schedule } = await rotor.client.describe(application.name);
  const { nextRotation: next = '', paused = false, note } = schedule ?? {};
  return { next, paused, ...(note === undefined ? {} : { note }) };
}

function midnight(instant: number): number {
  return Math.floor(instant / dayMs) * dayMs;
}

test('rules make a Schedule that repeats by the days, from an instant at the full second on', async () => {
  const application = await rotor.createApplication();

  await rotateEvery(7, application);

  const schedule = await rotor.temporal.schedule.getHandle(rotationId(application.arn)).describe();
  const [first, second] = schedule.info.nextActionTimes;
  expect(schedule.spec.intervals?.map(({ every }) => every)).toEqual([7 * dayMs]);
  expect(Number(second) - Number(first)).toBe(7 * dayMs);
  expect(first?.toISOString()).toMatch(/:00\.000Z$/);
  expect(schedule.policies).toMatchObject({ overlap: 'SKIP', catchupWindow: 7 * dayMs, pauseOnFailure: false });
});

test('the next rotation is on the UTC date of the actual one plus the days, and is what the rules give for it', async () => {
  const application = await rotor.createApplication();

  await rotateEvery(30, application);
  const { rotatedAt = '', nextRotation: armed } = await rotor.client.outcome(await again(application));

  const rules = { automaticallyAfterDays: 30 };
  const expected = nextRotation({ arn: application.arn, lastRotation: new Date(rotatedAt), rules });
  expect(armed).toBe(expected.toISOString());
  expect((await planned(application)).next).toBe(armed);
  expect(midnight(Date.parse(String(armed))) - midnight(Date.parse(rotatedAt))).toBe(30 * dayMs);
});

test('hour and minute are at random: a dozen secrets do not meet', async () => {
  const applications = await Promise.all(Array.from({ length: 12 }, () => rotor.createApplication()));

  await Promise.all(applications.map((application) => rotateEvery(30, application)));
  const next = await Promise.all(applications.map(async (application) => (await planned(application)).next));

  expect(next.filter((instant) => !instant.endsWith(':00.000Z'))).toEqual([]);
  expect(new Set(next.map((instant) => instant.slice(11, 13))).size).toBeGreaterThan(3);
  expect(new Set(next.map((instant) => instant.slice(14, 16))).size).toBeGreaterThan(1);
});

test('pause and note survive a rotation, and new rules', async () => {
  const application = await rotor.createApplication();
  await rotateEvery(30, application);
  await rotor.temporal.schedule.getHandle(rotationId(application.arn)).pause('frozen until the audit is over');
  const before = await planned(application);

  await rotor.client.outcome(await again(application));
  const after = await planned(application);
  await rotateEvery(7, application);
  const withNewRules = await planned(application);

  expect(before.note).toBe('frozen until the audit is over');
  expect([after.paused, withNewRules.paused]).toEqual([true, true]);
  expect([after.note, withNewRules.note]).toEqual([before.note, before.note]);
  expect(after.next).not.toBe(before.next);
  expect(midnight(Date.parse(withNewRules.next)) - midnight(Date.now())).toBeLessThanOrEqual(7 * dayMs);
});

test('a rotation that asks for nothing new leaves the stored rules as they are', async () => {
  const application = await rotor.createApplication();
  await rotateEvery(14, application);

  await rotor.client.outcome(await again(application));

  const { schedule } = await rotor.client.describe(application.name);
  expect(schedule?.plan).toEqual({
    secretId: application.arn,
    configuration: {},
    rotationRules: { automaticallyAfterDays: 14 },
  });
});

test('a Schedule fires by itself at its instant, and is armed anew from that rotation', async () => {
  const application = await rotor.createApplication();
  await rotateEvery(30, application);
  const first = await planned(application);
  const startMs = Math.ceil(Date.now() / 1_000) * 1_000 + 2_000;
  const everyMs = 30 * dayMs;

  await rearm(rotor.temporal, application.arn, { everyMs, offsetMs: startMs % everyMs, startAt: new Date(startMs) });

  const rotated = await waitUntil(async () => (await application.versions()).length === 3, { limitMs: 15_000 });
  await rotor.owner(application.arn).result();
  const { rotation, schedule } = await rotor.client.describe(application.name);
  expect(rotated).toBe(true);
  expect(rotation?.status?.trigger).toBe('schedule');
  expect(schedule?.nextRotation).not.toBe(first.next);
  expect(midnight(Date.parse(String(schedule?.nextRotation))) - midnight(Date.now())).toBe(30 * dayMs);
  expect(await application.accepts(await application.password())).toBe(true);
});

function again({ name }: RotatedApplication): ReturnType<RotorUnderTest['client']['rotateSecret']> {
  return rotor.client.rotateSecret({ secretId: name });
}
