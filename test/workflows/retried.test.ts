import { Context } from '@temporalio/activity';
import {
  AccountBlockedError,
  PasswordRejectedError,
  PermissionMissingError,
  StoreAccessDeniedError,
} from '../../rotation/errors';
import { type RotationConfiguration } from '../../rotation/rotation-request';
import { expectRotated, expectUndone, type RotationOf, untilAsked } from '../support/end-states';
import { type Interruption, Interference } from '../support/interference';
import { type RotatedApplication } from '../support/rotated-application';
import { RotorUnderTest } from '../support/rotor-under-test';

const interference = new Interference();
let rotor: RotorUnderTest;
let application: RotatedApplication;

beforeAll(async () => {
  rotor = await RotorUnderTest.start();
  await rotor.startWorker({ wrap: (activities) => interference.wrap(activities) });
});

beforeEach(async () => {
  application = await rotor.createApplication();
});

afterAll(() => rotor.close());

type Act = Interruption['act'];

const fails = (): Promise<never> => Promise.reject(new PermissionMissingError('GRANT it.'));
const standsStill = (): Promise<never> => Context.current().cancelled;
const lasts = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Plans what becomes of each of the tests of the application's rotation, and that its first undo fails. */
function plan(...tests: readonly Act[]): void {
  const { arn: secretId } = application;
  for (const act of tests) interference.plan({ secretId, step: 'testSecret', act });
  const act = (): Promise<never> => Promise.reject(new AccountBlockedError('locked'));
  interference.plan({ secretId, step: 'restoreCurrent', act });
}

/** A rotation that a person is asked about. */
async function asked(configuration: RotationConfiguration = {}): Promise<RotationOf> {
  const rotation = await rotor.client.rotateSecret({ secretId: application.arn, configuration });
  await untilAsked(rotor, { rotation });
  return { application, rotation };
}

const retry = (): Promise<unknown> => rotor.client.decide({ secretId: application.arn, choice: 'retry' });
const cancel = (): Promise<unknown> => rotor.client.cancelRotation({ secretId: application.arn });

/** Cancels while a step is under way, and has the step wait for it where it is to notice. */
const cancelled = async (): Promise<void> => {
  const { cancelled: noticed } = Context.current();
  await cancel();
  await noticed;
};

describe('a rotation that is tried again by a decision', () => {
  test('has time for each of its steps, though it had given up', async () => {
    plan(standsStill, () => lasts(3_000));
    const one = await asked({ giveUpAfterHours: 5 / 3_600 });

    await retry();

    await expectRotated(rotor, one);
  });

  test('has that time also where the database refuses its password, and it goes on with another one', async () => {
    plan(
      standsStill,
      () => Promise.reject(new PasswordRejectedError('too short')),
      () => lasts(3_000),
    );
    const one = await asked({ giveUpAfterHours: 5 / 3_600 });

    await retry();

    await expectRotated(rotor, one);
  });

  test('is undone where it is cancelled before its test is over', async () => {
    plan(fails, cancelled);
    const one = await asked();

    await retry();

    await expectUndone(rotor, { ...one, type: 'Cancelled' });
  });

  test('is undone where it is cancelled after a second decision', async () => {
    plan(fails, fails, cancelled);
    interference.plan({ secretId: application.arn, step: 'restoreCurrent', act: fails });
    const one = await asked();
    await retry();
    await untilAsked(rotor, { ...one, question: 2 });

    await retry();

    await expectUndone(rotor, { ...one, type: 'Cancelled' });
  });

  test('goes on to its end where it was cancelled before the decision, also if it is cancelled again', async () => {
    plan(fails, cancel);
    const one = await asked();
    await cancel();

    await retry();

    await expectRotated(rotor, one);
  });

  test('is finished where it is cancelled, once it was tested', async () => {
    const { arn: secretId } = application;
    const act = (): Promise<never> => Promise.reject(new StoreAccessDeniedError('Grant it.'));
    interference.plan({ secretId, step: 'finishSecret', act });
    const one = await asked();
    interference.plan({ secretId, step: 'setSecret', act: cancel });

    await retry();

    await expectRotated(rotor, one);
  });
});
