import { RotationFailedError } from '../../client';
import { Hold, type HoldPoint } from '../support/hold';
import { RotorUnderTest } from '../support/rotor-under-test';

let rotor: RotorUnderTest;

beforeAll(async () => {
  rotor = await RotorUnderTest.start();
});

afterAll(() => rotor.close());

const rotationRules = { automaticallyAfterDays: 7 };

/** At which step a cancellation arrives is the matter of test/workflows/cancel.test.ts; here it is what becomes of the Schedule. */
test.each<HoldPoint>([
  { step: 'openRotation', moment: 'before' },
  { step: 'setSecret', moment: 'after' },
])('a rotation that is cancelled $moment $step is undone, and its schedule paused', async (point) => {
  const hold = new Hold(point);
  const worker = await rotor.startWorker({ wrap: (activities) => hold.wrap(activities) });
  const application = await rotor.createApplication();
  const secretId = application.name;
  const rotation = await rotor.client.rotateSecret({ secretId, rotationRules });
  await hold.reached;

  const cancelled = await rotor.client.cancelRotation({ secretId, note: 'not today' });
  const failure = await rotor.client.outcome(rotation).catch((err: unknown) => err);

  expect(cancelled).toEqual({ arn: application.arn, runId: rotation.runId });
  expect(failure).toBeInstanceOf(RotationFailedError);
  expect(failure).toMatchObject({ type: 'Cancelled' });
  expect(await application.labels()).toEqual({ [application.firstVersion]: ['AWSCURRENT'] });
  expect(await application.accepts(application.firstPassword)).toBe(true);
  const { rotation: described, schedule } = await rotor.client.describe(secretId);
  expect(described).toMatchObject({ open: false, workflowStatus: 'CANCELLED', status: { state: 'undone' } });
  expect(schedule).toMatchObject({ paused: true, note: 'not today' });
  await worker.stop();
});

test('a rotation that is cancelled past its pivot is finished, and its schedule armed and paused', async () => {
  const hold = new Hold({ step: 'armNextRotation', moment: 'before' });
  const worker = await rotor.startWorker({ wrap: (activities) => hold.wrap(activities) });
  const application = await rotor.createApplication();
  const secretId = application.name;
  const rotation = await rotor.client.rotateSecret({ secretId, rotationRules });
  await hold.reached;

  await rotor.client.cancelRotation({ secretId });
  hold.release();
  const { outcome, nextRotation } = await rotor.client.outcome(rotation);

  expect(outcome).toBe('rotated');
  expect(await application.labels()).toEqual({
    [rotation.versionId]: ['AWSCURRENT'],
    [application.firstVersion]: ['AWSPREVIOUS'],
  });
  expect(await application.accepts(await application.password())).toBe(true);
  const { schedule } = await rotor.client.describe(secretId);
  expect(schedule).toMatchObject({ paused: true, note: 'cancelled', nextRotation });
  await worker.stop();
});

test('to cancel without a worker ends the rotation once one runs, before any step', async () => {
  const application = await rotor.createApplication();
  const secretId = application.name;
  await expect(rotor.client.rotateSecret({ secretId })).rejects.toMatchObject({ name: 'WaitingForWorker' });

  await rotor.client.cancelRotation({ secretId });
  const worker = await rotor.startWorker();

  await expect(rotor.owner(application.arn).result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
  expect(await application.versions()).toHaveLength(1);
  await worker.stop();
});

test('to cancel where nothing is under way pauses the schedule, and does no harm without one', async () => {
  const scheduled = await rotor.createApplication();
  const bare = await rotor.createApplication();
  await rotor.client.configure({ secretId: scheduled.name, rotationRules });

  expect(await rotor.client.cancelRotation({ secretId: scheduled.name })).toEqual({ arn: scheduled.arn });
  expect(await rotor.client.cancelRotation({ secretId: bare.name })).toEqual({ arn: bare.arn });

  expect((await rotor.client.describe(scheduled.name)).schedule).toMatchObject({ paused: true, note: 'cancelled' });
});
