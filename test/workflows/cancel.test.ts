import { type RotationHandle } from '../../client';
import { Hold, type HoldPoint } from '../support/hold';
import { type RotatedApplication } from '../support/rotated-application';
import { RotorUnderTest, type RunningWorker } from '../support/rotor-under-test';

let rotor: RotorUnderTest;
let worker: RunningWorker;

beforeAll(async () => {
  rotor = await RotorUnderTest.start();
});

afterEach(() => worker.stop());

afterAll(() => rotor.close());

/** Begins a rotation and cancels it at a place; the held step ends by the cancellation. */
async function cancelAt(application: RotatedApplication, point: HoldPoint): Promise<RotationHandle> {
  const hold = new Hold(point);
  worker = await rotor.startWorker({ wrap: (activities) => hold.wrap(activities) });
  const rotation = await rotor.client.rotateSecret({ secretId: application.name });
  await hold.reached;
  await rotor.owner(application.arn).cancel();
  return rotation;
}

test('cancelled again and again during the undo, the undo goes on', async () => {
  const application = await rotor.createApplication();
  const forward = new Hold({ step: 'testSecret', moment: 'before' });
  const undo = new Hold({ step: 'restoreCurrent', moment: 'before' });
  worker = await rotor.startWorker({ wrap: (activities) => undo.wrap(forward.wrap(activities)) });
  const rotation = await rotor.client.rotateSecret({ secretId: application.name });
  await forward.reached;
  await rotor.owner(application.arn).cancel();
  await undo.reached;

  for (let again = 0; again < 5; again += 1) await rotor.owner(application.arn).cancel();
  undo.release();

  await expect(rotor.client.outcome(rotation)).rejects.toMatchObject({ type: 'Cancelled' });
  expect(await application.labels()).toEqual({ [application.firstVersion]: ['AWSCURRENT'] });
  expect(await application.accepts(application.firstPassword)).toBe(true);
});

test('a rotation that is cancelled leaves the secret free for the next one', async () => {
  const application = await rotor.createApplication();
  const cancelled = await cancelAt(application, { step: 'setSecret', moment: 'after' });
  await expect(rotor.client.outcome(cancelled)).rejects.toMatchObject({ type: 'Cancelled' });
  await worker.stop();
  worker = await rotor.startWorker();

  const { versionId } = await rotor.rotate(application);

  expect(await application.labels()).toMatchObject({ [versionId]: ['AWSCURRENT'] });
  expect(await application.accepts(await application.password())).toBe(true);
});
