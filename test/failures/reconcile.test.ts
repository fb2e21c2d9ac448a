import { randomUUID } from 'node:crypto';
import { CreateSecretCommand, PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { expectRotated, untilAsked } from '../support/end-states';
import { Interference } from '../support/interference';
import { type OwnPostgresServer, startPostgresServer } from '../support/postgres-server';
import { type RotatedApplication } from '../support/rotated-application';
import { runRotor } from '../support/rotor-command';
import { RotorUnderTest } from '../support/rotor-under-test';
import { createSubject, postgresStrategies, storeSuperuser } from '../support/subject';

const interference = new Interference();
let rotor: RotorUnderTest;
let elsewhere: OwnPostgresServer;

beforeAll(async () => {
  rotor = await RotorUnderTest.start();
  elsewhere = await startPostgresServer();
  await rotor.startWorker({ wrap: (activities) => interference.wrap(activities) });
});

afterAll(async () => {
  await elsewhere.stop();
  await rotor.close();
});

/** An application that nothing signs in for, because somebody changed the password by hand. */
async function locked(superuserSecretId?: string): Promise<RotatedApplication> {
  const application = await rotor.createApplication();
  await application.setPassword('by hand');
  if (superuserSecretId !== undefined) {
    await rotor.client.configure({ secretId: application.name, configuration: { superuserSecretId } });
  }
  return application;
}

const reconcile = async ({ name }: RotatedApplication): Promise<{ outcome: string }> =>
  rotor.client.outcome(await rotor.client.reconcile(name));

async function expectUntouched(application: RotatedApplication): Promise<void> {
  expect(await application.labels()).toEqual({ [application.firstVersion]: ['AWSCURRENT'] });
  expect(await application.accepts('by hand')).toBe(true);
  expect(await application.signsIn()).toBe(false);
}

describe('reconcile', () => {
  test('has the configured superuser set what AWSCURRENT says, by the command line too', async () => {
    const application = await locked(await storeSuperuser(rotor));

    const { code, stdout } = await runRotor(['reconcile', application.name], { env: rotor.environment });

    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringContaining(`the database accepts AWSCURRENT of ${application.name}`) as unknown,
    });
    expect(await application.labels()).toEqual({ [application.firstVersion]: ['AWSCURRENT'] });
    expect(await application.signsIn()).toBe(true);
    expect(await application.accepts('by hand')).toBe(false);
  });

  test.each(postgresStrategies)('leaves a password that works alone, with %s', async (strategy) => {
    const application = await createSubject(rotor, { strategy });

    await expect(reconcile(application)).resolves.toMatchObject({
      outcome: 'reconciled',
      steps: [{ step: 'openRotation' }, { step: 'reconcile', outcome: 'alreadyDone' }],
    });

    expect(await application.signsIn()).toBe(true);
  });

  test('has the superuser do it that the secret names for alternating users', async () => {
    const application = await createSubject(rotor, { strategy: 'alternating-users' });
    await application.setPassword('by hand');

    await expect(reconcile(application)).resolves.toMatchObject({ outcome: 'reconciled' });

    expect(await application.signsIn()).toBe(true);
  });

  test('changes nothing where no superuser is named', async () => {
    const application = await locked();

    await expect(reconcile(application)).rejects.toMatchObject({ type: 'ConfigurationInvalid' });

    await expectUntouched(application);
  });

  test('changes nothing where the superuser is refused', async () => {
    const superuser = await storeSuperuser(rotor);
    const application = await locked(superuser);
    const { username } = rotor.postgres.superuser;
    const text = JSON.stringify({ username, password: 'forgotten' });
    await rotor.secretsManager.send(new PutSecretValueCommand({ SecretId: superuser, SecretString: text }));

    await expect(reconcile(application)).rejects.toMatchObject({ type: 'SignInRefused' });

    await expectUntouched(application);
  });

  test("changes nothing where the superuser's secret names another server", async () => {
    const application = await locked(await storeSuperuser(rotor, elsewhere));

    await expect(reconcile(application)).rejects.toMatchObject({ type: 'WrongTarget' });

    await expectUntouched(application);
  });

  test('changes nothing where the superuser may not change the user', async () => {
    const user = { username: `weak_${randomUUID().slice(0, 8)}`, password: 'feeble w0rd' };
    await rotor.postgres.createUser(user);
    const secret = { Name: `test/${user.username}`, SecretString: JSON.stringify(user) };
    const { ARN } = await rotor.secretsManager.send(new CreateSecretCommand(secret));
    const application = await locked(ARN);

    await expect(reconcile(application)).rejects.toMatchObject({ type: 'PermissionMissing' });

    await expectUntouched(application);
  });

  test('is refused while a rotation is under way, and bars no later one', async () => {
    const application = await createSubject(rotor, { strategy: 'single-user' });
    const { arn: secretId } = application;
    let refused: unknown;
    const act = async (): Promise<void> => {
      refused = await rotor.client.reconcile(secretId).catch((err: unknown) => err);
    };
    interference.plan({ secretId, step: 'setSecret', act });

    const rotation = await rotor.client.rotateSecret({ secretId });

    await expectRotated(rotor, { application, rotation });
    expect(refused).toMatchObject({ name: 'RotationInProgress' });
    await expect(reconcile(application)).resolves.toMatchObject({ outcome: 'reconciled' });
  });
});

describe('a rotation that was abandoned while nothing signed in', () => {
  async function abandoned(): Promise<{ application: RotatedApplication; token: string }> {
    const superuserSecretId = await storeSuperuser(rotor);
    const application = await rotor.createApplication();
    const { arn: secretId } = application;
    interference.plan({ secretId, step: 'testSecret', act: () => application.setPassword('by hand') });
    const rotation = await rotor.client.rotateSecret({ secretId, configuration: { superuserSecretId } });
    expect(await untilAsked(rotor, { rotation })).toBe('SignInRefused');
    await rotor.client.decide({ secretId, choice: 'abandon', note: 'nobody knows the password' });
    await expect(rotor.client.outcome(rotation)).rejects.toMatchObject({ type: 'SignInRefused' });
    return { application, token: rotation.versionId };
  }

  test('can neither be resumed nor discarded, and nothing changes', async () => {
    const { application, token } = await abandoned();

    for (const ask of ['resume', 'discard'] as const) {
      const asked = rotor.client.leftover[ask](application.name).then((rotation) => rotor.client.outcome(rotation));
      await expect(asked).rejects.toMatchObject({ type: 'SignInRefused' });
    }

    expect(await application.labels()).toEqual({ [application.firstVersion]: ['AWSCURRENT'], [token]: ['AWSPENDING'] });
    expect(await application.accepts('by hand')).toBe(true);
  });

  test('is resumed after reconcile', async () => {
    const { application, token } = await abandoned();

    await reconcile(application);
    expect(await application.labels()).toEqual({ [application.firstVersion]: ['AWSCURRENT'], [token]: ['AWSPENDING'] });
    const rotation = await rotor.client.leftover.resume(application.name);

    await expectRotated(rotor, { application, rotation });
    expect(rotation.versionId).toBe(token);
  });

  test('is discarded after reconcile', async () => {
    const { application } = await abandoned();

    await reconcile(application);
    await rotor.client.outcome(await rotor.client.leftover.discard(application.name));

    expect(await application.labels()).toEqual({ [application.firstVersion]: ['AWSCURRENT'] });
    expect(await application.signsIn()).toBe(true);
  });
});
