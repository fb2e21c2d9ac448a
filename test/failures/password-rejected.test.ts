import { PasswordRejectedError } from '../../rotation/errors';
import { expectRotated, expectUndone } from '../support/end-states';
import { Interference } from '../support/interference';
import { type RotatedApplication } from '../support/rotated-application';
import { RotorUnderTest } from '../support/rotor-under-test';
import { createSubject, postgresStrategies } from '../support/subject';

const reason = 'The server at db.internal refuses the password: it was used before.';

let rotor: RotorUnderTest;
const interference = new Interference();

beforeAll(async () => {
  rotor = await RotorUnderTest.start();
  await rotor.startWorker({ wrap: (activities) => interference.wrap(activities) });
});

afterAll(() => rotor.close());

/** Has the server refuse the first passwords, which no PostgreSQL without a module of its owner's does. */
async function rejectFirst(
  strategy: (typeof postgresStrategies)[number],
  { passwords, then }: { passwords: number; then?: (application: RotatedApplication) => Promise<unknown> },
): Promise<RotatedApplication> {
  const application = await createSubject(rotor, { strategy });
  let rejected = 0;
  const act = async (): Promise<never> => {
    rejected += 1;
    if (rejected === passwords) await then?.(application);
    throw new PasswordRejectedError(reason);
  };
  interference.plan({ secretId: application.arn, step: 'setSecret', act, times: passwords });
  return application;
}

describe.each(postgresStrategies)('a password that the server refuses, with %s,', (strategy) => {
  test.each([1, 3])(
    'is replaced by another under a token of its own, %i time(s), and the outcome tells the token that was made',
    async (passwords) => {
      const application = await rejectFirst(strategy, { passwords });

      const rotation = await rotor.client.rotateSecret({ secretId: application.name });

      await expectRotated(rotor, { application, rotation });
      const { clientRequestToken, steps } = await rotor.client.outcome(rotation);
      expect(clientRequestToken).not.toBe(rotation.versionId);
      const versions = await application.versions();
      expect(versions).toHaveLength(passwords + 2);
      expect(new Set(await Promise.all(versions.map((id) => application.password(id)))).size).toBe(passwords + 2);
      expect(steps.filter(({ step }) => step === 'discardPending')).toHaveLength(passwords);
      const { labels, rotation: described } = await rotor.client.describe(application.name);
      expect(labels[clientRequestToken]).toEqual(['AWSCURRENT']);
      expect(described?.status).toMatchObject({ state: 'rotated', clientRequestToken });
    },
  );

  test('is given up after three new ones, undone, and told with the reason of the server', async () => {
    const application = await rejectFirst(strategy, { passwords: 4 });

    const rotation = await rotor.client.rotateSecret({ secretId: application.name });

    await expectUndone(rotor, { application, rotation, type: 'PasswordRejected' });
    await expect(rotor.client.outcome(rotation)).rejects.toThrow(reason);
    expect(await application.versions()).toHaveLength(5);
    expect(interference.attempts(application.arn, 'setSecret')).toBe(4);
  });

  test('and a cancellation that comes while it is replaced: undone, and no further one is tried', async () => {
    const cancel = ({ arn }: RotatedApplication): Promise<unknown> => rotor.owner(arn).cancel();
    const application = await rejectFirst(strategy, { passwords: 2, then: cancel });

    const rotation = await rotor.client.rotateSecret({ secretId: application.name });

    await expectUndone(rotor, { application, rotation, type: 'Cancelled' });
    expect(interference.attempts(application.arn, 'setSecret')).toBe(2);
  });
});
