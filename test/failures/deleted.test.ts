import { type Activities } from '../../activities';
import { EventLog } from '../../adapters/event-log';
import { type RotationHandle } from '../../client';
import { PermissionMissingError, SecretNotFoundError, StoreAccessDeniedError } from '../../rotation/errors';
import { type RotationEvent } from '../../rotation/rotation-event';
import { type RotationStatus } from '../../workflows/rotation-status';
import { atOnce } from '../support/at-once';
import { deleteForGood } from '../support/delete-for-good';
import { expectUndone, untilAsked } from '../support/end-states';
import { Interference } from '../support/interference';
import { type RotatedApplication } from '../support/rotated-application';
import { RotorUnderTest } from '../support/rotor-under-test';
import { createSubject, postgresStrategies } from '../support/subject';

interface Case {
  readonly strategy: (typeof postgresStrategies)[number];
  /** The step that the secret is deleted before. */
  readonly step: keyof Activities;
  /** The step that has failed before. @defaultValue none */
  readonly failed?: keyof Activities;
}

const underWay: Case[] = postgresStrategies.flatMap((strategy) => [
  { strategy, step: 'setSecret' },
  { strategy, step: 'testSecret' },
  { strategy, step: 'finishSecret' },
  { strategy, step: 'restoreCurrent', failed: 'testSecret' },
  { strategy, step: 'discardPending', failed: 'testSecret' },
]);

const early: Case[] = postgresStrategies.map((strategy) => ({ strategy, step: 'createSecret' }));

const rotationRules = { automaticallyAfterDays: 30 };
const interference = new Interference();
const log: RotationEvent[] = [];
let rotor: RotorUnderTest;
let end: (one: Case) => Promise<void>;

beforeAll(async () => {
  rotor = await RotorUnderTest.start();
  const eventLog = new EventLog((line) => log.push(JSON.parse(line) as RotationEvent));
  await rotor.startWorker({ wrap: (activities) => interference.wrap(activities), eventLog });
  end = atOnce([...underWay, ...early], { work: deleteUnderWay });
});

afterAll(() => rotor.close());

const fails = (): Promise<never> => Promise.reject(new PermissionMissingError('GRANT it.'));

/** Passwords that a secret held before it was deleted. */
interface LastSeen {
  readonly old: string;
  /** Absent where it held none under AWSPENDING. */
  readonly pending?: string;
}

/** Deletes the secret before a step, and tells which passwords it held. */
function deletedBefore(
  application: RotatedApplication,
  { step, failed }: Pick<Case, 'step' | 'failed'>,
): Promise<LastSeen> {
  const { arn: secretId, firstPassword: old } = application;
  if (failed) interference.plan({ secretId, step: failed, act: fails });
  return new Promise((resolve, reject) => {
    const act = async (): Promise<void> => {
      const labels = Object.entries(await application.labels());
      const [token] = labels.find(([, names]) => names.includes('AWSPENDING')) ?? [];
      const pending = token === undefined ? {} : { pending: await application.password(token) };
      await deleteForGood(rotor, application);
      resolve({ old, ...pending });
    };
    interference.plan({ secretId, step, act: () => act().catch(reject) });
  });
}

/** Names, outcomes and reasons of the events of a rotation. */
function told({ versionId }: RotationHandle): string[] {
  const events = log.filter(({ clientRequestToken }) => clientRequestToken === versionId);
  return events.map(({ name, outcome, reason }) => [name, outcome, ...(reason ? [reason.type] : [])].join(' '));
}

/** Expects that a rotation ended by saying that the secret is gone, and claims nothing else. */
async function expectAbandoned(rotation: RotationHandle, message: string): Promise<void> {
  const outcome = rotor.client.outcome(rotation);
  await expect(outcome).rejects.toMatchObject({ type: 'SecretNotFound' });
  await expect(outcome).rejects.toThrow(message);
  await expect(outcome).rejects.not.toThrow('as they were');
  const owner = rotor.owner(rotation.arn);
  expect((await owner.query<RotationStatus>('rotationStatus')).state).toBe('abandoned');
  expect((await owner.describe()).status.name).toBe('COMPLETED');
  expect(told(rotation)).toEqual(['RotationStarted open', 'RotationAbandoned abandoned SecretNotFound']);
}

async function deleteUnderWay(one: Case): Promise<void> {
  const { strategy, step } = one;
  const application = await createSubject(rotor, { strategy });
  const seen = deletedBefore(application, one);

  const rotation = await rotor.client.rotateSecret({ secretId: application.arn, rotationRules });

  const { old, pending } = await seen;
  if (step === 'createSecret') await expectAbandoned(rotation, 'The database was not changed.');
  else await expectAbandoned(rotation, 'nothing could be undone');
  const isSet = strategy === 'single-user' && ['testSecret', 'finishSecret', 'restoreCurrent'].includes(step);
  expect(await application.accepts(old)).toBe(!isSet);
  if (strategy === 'single-user' && pending !== undefined) expect(await application.accepts(pending)).toBe(isSet);
}

test.each(underWay)(
  'a secret that is deleted before $step with $strategy: the rotation under way ends, and says that nothing was undone',
  (one) => end(one),
);

test.each(early)(
  'a secret that is deleted before $step with $strategy: the rotation ends, and says that nothing was changed',
  (one) => end(one),
);

test('a secret that is deleted before openRotation: nothing begins', async () => {
  const application = await rotor.createApplication();
  const seen = deletedBefore(application, { step: 'openRotation' });

  const rotation = await rotor.client.rotateSecret({ secretId: application.arn });

  await expect(rotor.client.outcome(rotation)).rejects.toMatchObject({ type: 'SecretNotFound' });
  expect(told(rotation)).toEqual(['RotationFailed failed SecretNotFound']);
  expect(await application.accepts((await seen).old)).toBe(true);
});

test('a secret that is deleted once the rotation is done: it is rotated', async () => {
  const application = await rotor.createApplication();
  const seen = deletedBefore(application, { step: 'armNextRotation' });

  const rotation = await rotor.client.rotateSecret({ secretId: application.arn, rotationRules });

  await expect(rotor.client.outcome(rotation)).resolves.toMatchObject({ outcome: 'rotated' });
  expect(await application.accepts((await seen).old)).toBe(false);
});

test.each(['retry', 'rollBack'] as const)(
  'a secret that is deleted while a person is asked: "%s" ends the rotation, and says that nothing was undone',
  async (choice) => {
    const application = await rotor.createApplication();
    const { arn: secretId } = application;
    const act = (): Promise<never> => Promise.reject(new StoreAccessDeniedError('Grant it.'));
    interference.plan({ secretId, step: 'finishSecret', act });
    const rotation = await rotor.client.rotateSecret({ secretId });
    await untilAsked(rotor, { rotation });
    await deleteForGood(rotor, application);

    await rotor.client.decide({ secretId, choice });

    await expect(rotor.client.outcome(rotation)).rejects.toThrow('nothing could be undone');
  },
);

test('where the undo does not find another secret, such as the superuser’s, a person decides', async () => {
  const application = await createSubject(rotor, { strategy: 'single-user' });
  const { arn: secretId } = application;
  const notFound = new SecretNotFoundError('There is no such secret.', { secretId: `${secretId}-of-the-superuser` });
  interference.plan({ secretId, step: 'testSecret', act: fails });
  interference.plan({ secretId, step: 'restoreCurrent', act: () => Promise.reject(notFound) });

  const rotation = await rotor.client.rotateSecret({ secretId });

  expect(await untilAsked(rotor, { rotation })).toBe('SecretNotFound');
  await rotor.client.decide({ secretId, choice: 'rollBack' });
  await expectUndone(rotor, { application, rotation, type: 'PermissionMissing' });
});
