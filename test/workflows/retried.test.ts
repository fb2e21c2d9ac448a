import { type RotationConfiguration } from '../../rotation/rotation-request';
import { expectRotated, type RotationOf, untilAsked } from '../support/end-states';
import { Hold } from '../support/hold';
import { type RotatedApplication } from '../support/rotated-application';
import { RotorUnderTest, type RunningWorker } from '../support/rotor-under-test';

let rotor: RotorUnderTest;
let worker: RunningWorker;
let application: RotatedApplication;
let hold: Hold;

beforeAll(async () => {
  rotor = await RotorUnderTest.start();
});

beforeEach(async () => {
  application = await rotor.createApplication();
  hold = new Hold({ step: 'testSecret', moment: 'before' });
  worker = await rotor.startWorker({ wrap: (activities) => hold.wrap(activities) });
});

afterEach(() => worker.stop());

afterAll(() => rotor.close());

/** A rotation that stands before its test, and cannot be undone: the user may not sign in. */
async function standing(configuration: RotationConfiguration = {}): Promise<RotationOf> {
  const rotation = await rotor.client.rotateSecret({ secretId: application.name, configuration });
  await hold.reached;
  await rotor.postgres.sql(`ALTER ROLE ${application.username} NOLOGIN`);
  return { application, rotation };
}

/** Has it tried again, once the user may sign in. */
async function retry(): Promise<void> {
  await rotor.postgres.sql(`ALTER ROLE ${application.username} LOGIN`);
  await rotor.client.decide({ secretId: application.name, choice: 'retry' });
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

test('a rotation that gave up and is tried again by a decision has time for each of its steps', async () => {
  const one = await standing({ giveUpAfterHours: 5 / 3_600 });
  expect(await untilAsked(rotor, one)).toBe('AccountBlocked');

  await retry();
  await pause(3_000);
  hold.release();

  await expectRotated(rotor, one);
});
