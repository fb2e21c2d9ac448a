import { DeleteSecretCommand } from '@aws-sdk/client-secrets-manager';
import { Context } from '@temporalio/activity';
import { RotationClient, type RotationHandle } from '../../client';
import { findFreePort } from '../../local/supervisor';
import { StoreAccessDeniedError, StoreUnavailableError } from '../../rotation/errors';
import { deleteForGood } from '../support/delete-for-good';
import { untilAsked } from '../support/end-states';
import { Interference } from '../support/interference';
import { type RotatedApplication } from '../support/rotated-application';
import { runRotor } from '../support/rotor-command';
import { RotorUnderTest } from '../support/rotor-under-test';

const rotationRules = { automaticallyAfterDays: 30 };
const interference = new Interference();
let rotor: RotorUnderTest;

beforeAll(async () => {
  rotor = await RotorUnderTest.start();
  await rotor.startWorker({ wrap: (activities) => interference.wrap(activities) });
});

afterAll(() => rotor.close());

/** A rotation that asks a person, who may not finish it otherwise. */
async function standStill(): Promise<{ application: RotatedApplication; rotation: RotationHandle }> {
  const application = await rotor.createApplication();
  const act = (): Promise<never> => Promise.reject(new StoreAccessDeniedError('Grant it.'));
  interference.plan({ secretId: application.arn, step: 'finishSecret', act });
  const rotation = await rotor.client.rotateSecret({ secretId: application.arn, rotationRules });
  await untilAsked(rotor, { rotation });
  return { application, rotation };
}

describe('a secret that is deleted for good while a person is asked', () => {
  test('is told by its full ARN, decided about, and forgotten', async () => {
    const { application, rotation } = await standStill();
    const { arn, name } = application;
    await deleteForGood(rotor, application);

    const { stdout } = await runRotor(['status', arn, '--ask'], { env: rotor.environment });
    const decided = await rotor.client.decide({ secretId: arn, choice: 'abandon' });
    await expect(rotor.client.outcome(rotation)).rejects.toMatchObject({ type: 'StoreAccessDenied' });

    expect(stdout).toContain('Secrets Manager has no such secret');
    expect(stdout).toContain(`rotor decide ${arn} <choice> --question 1`);
    expect(decided).toEqual({ question: 1, choice: 'abandon' });
    const { schedule, ...seen } = await rotor.client.describe(arn);
    expect(seen).toMatchObject({
      arn,
      name,
      labels: {},
      unread: { type: 'SecretNotFound' },
      rotation: { status: { state: 'abandoned' } },
    });
    expect(schedule).toBeDefined();
    await rotor.client.remove(arn);
    expect((await rotor.client.describe(arn)).schedule).toBeUndefined();
  });

  test('is not found by its name: it is said to use the ARN', async () => {
    const { application } = await standStill();
    const { arn, name: secretId } = application;
    await deleteForGood(rotor, application);

    const byName = { name: 'SecretNotFound', message: expect.stringContaining('name it by its full ARN') as unknown };
    await expect(rotor.client.describe(secretId)).rejects.toMatchObject(byName);
    await expect(rotor.client.cancelRotation({ secretId })).rejects.toMatchObject(byName);
    await expect(rotor.client.decide({ secretId, choice: 'abandon' })).rejects.toMatchObject(byName);
    await rotor.client.decide({ secretId: arn, choice: 'abandon' });
  });
});

test('a secret that is scheduled for deletion while a person is asked is told and decided about by its name', async () => {
  const { application, rotation } = await standStill();
  const { arn, name: secretId } = application;
  await rotor.secretsManager.send(new DeleteSecretCommand({ SecretId: arn, RecoveryWindowInDays: 7 }));

  const described = await rotor.client.describe(secretId);
  await rotor.client.decide({ secretId, choice: 'abandon' });

  expect(described).toMatchObject({
    arn,
    name: secretId,
    rotation: { open: true, status: { question: { question: 1 } } },
  });
  expect(described).not.toHaveProperty('unread');
  expect(described.labels).toMatchObject({ [rotation.versionId]: ['AWSPENDING'] });
  await expect(rotor.client.outcome(rotation)).rejects.toMatchObject({ type: 'StoreAccessDenied' });
});

test('a rotation under way whose secret is deleted for good is told and cancelled by the full ARN', async () => {
  const application = await rotor.createApplication();
  const { arn: secretId } = application;
  const arrived = new Promise<void>((arrive) => {
    const act = (): Promise<never> => {
      arrive();
      return Context.current().cancelled;
    };
    interference.plan({ secretId, step: 'setSecret', act });
  });
  const rotation = await rotor.client.rotateSecret({ secretId, rotationRules });
  await arrived;
  await deleteForGood(rotor, application);

  const { rotation: described } = await rotor.client.describe(secretId);
  const cancelled = await rotor.client.cancelRotation({ secretId });

  expect(described).toMatchObject({ open: true, runId: rotation.runId, status: { state: 'rotating' } });
  expect(cancelled).toEqual({ arn: secretId, runId: rotation.runId });
  await expect(rotor.client.outcome(rotation)).rejects.toMatchObject({ type: 'SecretNotFound' });
  expect((await rotor.client.describe(secretId)).schedule).toMatchObject({ paused: true });
  expect(await application.accepts(application.firstPassword)).toBe(true);
});

test.each(['arn:aws:secretsmanager:us-east-1:000000000000:secret:nobody/knows-AbCdEf', 'nobody/knows'])(
  'a secret that neither Secrets Manager nor Temporal knows is not found: %s',
  async (secretId) => {
    await expect(rotor.client.describe(secretId)).rejects.toMatchObject({ name: 'SecretNotFound' });
    await expect(rotor.client.cancelRotation({ secretId })).rejects.toMatchObject({ name: 'SecretNotFound' });
  },
);

test.each([
  { type: 'StoreUnavailable', failure: new StoreUnavailableError('away') },
  { type: 'StoreAccessDenied', failure: new StoreAccessDeniedError('Grant it.') },
])('a rotation is told and decided about by the full ARN also where Secrets Manager answers by $type', async (away) => {
  const { application, rotation } = await standStill();
  const describe = (): Promise<never> => Promise.reject(away.failure);
  const { temporal, taskQueue } = rotor;
  const client = new RotationClient({ temporal, taskQueue, store: { describe } });

  const byName = client.decide({ secretId: application.name, choice: 'abandon' });
  await expect(byName).rejects.toMatchObject({ name: away.type });
  await expect(client.describe(application.name)).rejects.toMatchObject({ name: away.type });
  const seen = await client.describe(application.arn);
  await client.decide({ secretId: application.arn, choice: 'abandon' });

  expect(seen).toMatchObject({
    name: application.name,
    labels: {},
    unread: { type: away.type, message: away.failure.message },
    rotation: { status: { question: { question: 1 } } },
  });

  await expect(rotor.client.outcome(rotation)).rejects.toMatchObject({ type: 'StoreAccessDenied' });
});

test('the status of a rotation is told by the full ARN while nothing listens where Secrets Manager should', async () => {
  const { application } = await standStill();
  const { arn: secretId } = application;
  const env = { ...rotor.environment, AWS_ENDPOINT_URL_SECRETS_MANAGER: `http://127.0.0.1:${await findFreePort()}` };

  const { stdout, code } = await runRotor(['status', secretId], { env });
  await rotor.client.decide({ secretId, choice: 'abandon' });

  expect(code).toBe(0);
  expect(stdout).toMatch(/^labels  not known: No answer from /m);
  expect(stdout).toContain(`rotor decide ${secretId} <choice> --question 1`);
});
