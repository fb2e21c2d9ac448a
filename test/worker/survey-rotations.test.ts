import { waitUntil } from '../../local/supervisor';
import { surveyRotations } from '../../worker/survey-rotations';
import { type RotatedApplication } from '../support/rotated-application';
import { RotorUnderTest } from '../support/rotor-under-test';

let rotor: RotorUnderTest;

beforeAll(async () => {
  rotor = await RotorUnderTest.start();
});

afterAll(() => rotor.close());

const minuteMs = 60_000;

async function scheduledApplication(): Promise<RotatedApplication> {
  const application = await rotor.createApplication();
  await rotor.client.configure({ secretId: application.name, rotationRules: { automaticallyAfterDays: 20 } });
  return application;
}

async function isOverdue({ arn }: RotatedApplication, now: number): Promise<boolean> {
  return (await surveyRotations(rotor.temporal, new Date(now))).overdue.has(arn);
}

async function nextInstant({ arn }: RotatedApplication): Promise<number> {
  return Number((await rotor.schedule(arn).describe()).info.nextActionTimes[0]);
}

/** Lists tell of a change a moment later. */
function untilListed(condition: () => Promise<boolean>): Promise<boolean> {
  return waitUntil(condition, { limitMs: 30_000 });
}

test('a secret is overdue when its instant passed ten minutes ago, and not before', async () => {
  const application = await scheduledApplication();
  const next = await nextInstant(application);

  expect(await untilListed(() => isOverdue(application, next + 11 * minuteMs))).toBe(true);
  expect(await isOverdue(application, next + 9 * minuteMs)).toBe(false);
});

test('a secret whose schedule is paused is never overdue', async () => {
  const application = await scheduledApplication();
  const next = await nextInstant(application);
  await untilListed(() => isOverdue(application, next + 11 * minuteMs));

  await rotor.client.pause({ secretId: application.name });

  expect(await untilListed(async () => !(await isOverdue(application, next + 11 * minuteMs)))).toBe(true);
});

test('a secret without a schedule is overdue when a rotation of it is open for more than an hour', async () => {
  const application = await rotor.createApplication();
  await expect(rotor.client.rotateSecret({ secretId: application.name })).rejects.toThrow('waits for a worker');

  expect(await untilListed(() => isOverdue(application, Date.now() + 61 * minuteMs))).toBe(true);
  expect(await isOverdue(application, Date.now() + 59 * minuteMs)).toBe(false);
  await rotor.owner(application.arn).terminate();
});

test('every schedule tells when its secret was last rotated, by hand as well; one that never was tells nothing', async () => {
  const worker = await rotor.startWorker();
  const [rotated, idle] = [await scheduledApplication(), await scheduledApplication()];
  const rotation = await rotor.client.rotateSecret({ secretId: rotated.name });

  const { rotatedAt } = await rotor.client.outcome(rotation);

  const toldFor = async ({ arn }: RotatedApplication): Promise<string | undefined> =>
    (await surveyRotations(rotor.temporal, new Date())).lastRotations.get(arn)?.toISOString();
  expect(await untilListed(async () => (await toldFor(rotated)) === rotatedAt)).toBe(true);
  expect(await toldFor(idle)).toBe(undefined);
  await worker.stop();
});

test('a rotation that failed leaves the time of the last one that succeeded', async () => {
  const worker = await rotor.startWorker();
  const application = await scheduledApplication();
  const { rotatedAt } = await rotor.client.outcome(await rotor.client.rotateSecret({ secretId: application.name }));
  await application.setPassword('changed-by-somebody');

  await expect(rotor.rotate(application)).rejects.toMatchObject({ type: 'SignInRefused' });

  const { schedule } = await rotor.client.describe(application.name);
  expect(schedule?.lastRotation).toBe(rotatedAt);
  await worker.stop();
});
