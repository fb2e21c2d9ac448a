import { waitUntil } from '../../local/supervisor';
import { rotationId } from '../../rotation/rotation-id';
import { fireSoon } from '../support/fire-soon';
import { type RotatedApplication } from '../support/rotated-application';
import { RotorUnderTest } from '../support/rotor-under-test';

const dayMs = 86_400_000;

let rotor: RotorUnderTest;

beforeAll(async () => {
  rotor = await RotorUnderTest.start();
  await rotor.startWorker();
});

afterAll(() => rotor.close());

/** Asks for a rotation every so many days, and waits for the first one. */
async function rotateEvery(days: number, application: RotatedApplication): Promise<void> {
  const rotationRules = { automaticallyAfterDays: days };
  const rotation = await rotor.client.rotateSecret({ secretId: application.name, rotationRules });
  await rotor.client.outcome(rotation);
}

async function nextInstant({ name }: RotatedApplication): Promise<string> {
  return (await rotor.client.describe(name)).schedule?.nextRotation ?? '';
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

test('hour and minute are at random: a dozen secrets do not meet', async () => {
  const applications = await Promise.all(Array.from({ length: 12 }, () => rotor.createApplication()));

  await Promise.all(applications.map((application) => rotateEvery(30, application)));
  const next = await Promise.all(applications.map(nextInstant));

  expect(next.filter((instant) => !instant.endsWith(':00.000Z'))).toEqual([]);
  expect(new Set(next.map((instant) => instant.slice(11, 13))).size).toBeGreaterThan(3);
  expect(new Set(next.map((instant) => instant.slice(14, 16))).size).toBeGreaterThan(1);
});

test('a Schedule fires by itself at its instant, and is armed anew from that rotation', async () => {
  const application = await rotor.createApplication();
  await rotateEvery(30, application);
  const first = await nextInstant(application);

  await fireSoon(rotor.schedule(application.arn));

  const rotated = await waitUntil(async () => (await application.versions()).length === 3, { limitMs: 30_000 });
  await rotor.owner(application.arn).result();
  const { rotation, schedule } = await rotor.client.describe(application.name);
  expect(rotated).toBe(true);
  expect(rotation?.status?.trigger).toBe('schedule');
  expect(schedule?.nextRotation).not.toBe(first);
  expect(midnight(Date.parse(String(schedule?.nextRotation))) - midnight(Date.now())).toBe(30 * dayMs);
  expect(await application.accepts(await application.password())).toBe(true);
});
