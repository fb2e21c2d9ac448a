import { randomUUID } from 'node:crypto';
import { CreateSecretCommand, PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { expectRotated, untilAsked } from '../support/end-states';
import { type Home, type HomeApplication, homeKinds } from '../support/homes';
import { Interference } from '../support/interference';
import { runRotor } from '../support/rotor-command';
import { RotorUnderTest } from '../support/rotor-under-test';
import { describeWith } from '../support/servers/describe-on';
import { postgresStrategies } from '../support/subject';

const interference = new Interference();
let rotor: RotorUnderTest;
let home: Home;
/** Another one of the same kind. */
let elsewhere: Home;

beforeAll(async () => {
  rotor = await RotorUnderTest.start();
  await rotor.startWorker({ wrap: (activities) => interference.wrap(activities) });
});

afterAll(() => rotor.close());

/** An application that nothing signs in for, because somebody changed the password by hand. */
async function locked(superuserSecretId?: string): Promise<HomeApplication> {
  const application = await home.createApplication();
  await application.setPassword('by hand');
  if (superuserSecretId !== undefined) {
    await rotor.client.configure({ secretId: application.name, configuration: { superuserSecretId } });
  }
  return application;
}

const reconcile = async ({ name }: HomeApplication): Promise<{ outcome: string }> =>
  rotor.client.outcome(await rotor.client.reconcile(name));

async function expectUntouched(application: HomeApplication): Promise<void> {
  expect(await application.labels()).toEqual({ [application.firstVersion]: ['AWSCURRENT'] });
  expect(await application.accepts('by hand')).toBe(true);
  expect(await application.signsIn()).toBe(false);
}

function describeReconcile(): void {
  describe('reconcile', () => {
    test('has the configured superuser set what AWSCURRENT says, by the command line too', async () => {
      const application = await locked(await home.storeSuperuser());

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
      const application = await home.createSubject(strategy);

      await expect(reconcile(application)).resolves.toMatchObject({
        outcome: 'reconciled',
        steps: [{ step: 'openRotation' }, { step: 'reconcile', outcome: 'alreadyDone' }],
      });

      expect(await application.signsIn()).toBe(true);
    });

    test('has the superuser do it that the secret names for alternating users', async () => {
      const application = await home.createSubject('alternating-users');
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
      const superuser = await home.storeSuperuser();
      const application = await locked(superuser);
      const { username } = home.server.superuser;
      const text = JSON.stringify({ username, password: 'forgotten' });
      await rotor.secretsManager.send(new PutSecretValueCommand({ SecretId: superuser, SecretString: text }));

      await expect(reconcile(application)).rejects.toMatchObject({ type: 'SignInRefused' });

      await expectUntouched(application);
    });

    test("changes nothing where the superuser's secret names another server", async () => {
      const application = await locked(await elsewhere.storeSuperuser());

      await expect(reconcile(application)).rejects.toMatchObject({ type: 'WrongTarget' });

      await expectUntouched(application);
    });

    test('changes nothing where the superuser may not change the user', async () => {
      const user = { username: `weak_${randomUUID().slice(0, 8)}`, password: 'feeble w0rd' };
      await home.server.createUser(user);
      const secret = { Name: `test/${user.username}`, SecretString: JSON.stringify(user) };
      const { ARN } = await rotor.secretsManager.send(new CreateSecretCommand(secret));
      const application = await locked(ARN);

      await expect(reconcile(application)).rejects.toMatchObject({ type: 'PermissionMissing' });

      await expectUntouched(application);
    });

    test('is refused while a rotation is under way, and bars no later one', async () => {
      const application = await home.createSubject('single-user');
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
}

function describeAbandoned(): void {
  describe('a rotation that was abandoned while nothing signed in', () => {
    async function abandoned(): Promise<{ application: HomeApplication; token: string }> {
      const superuserSecretId = await home.storeSuperuser();
      const application = await home.createApplication();
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

      expect(await application.labels()).toEqual({
        [application.firstVersion]: ['AWSCURRENT'],
        [token]: ['AWSPENDING'],
      });
      expect(await application.accepts('by hand')).toBe(true);
    });

    test('is resumed after reconcile', async () => {
      const { application, token } = await abandoned();

      await reconcile(application);
      expect(await application.labels()).toEqual({
        [application.firstVersion]: ['AWSCURRENT'],
        [token]: ['AWSPENDING'],
      });
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
}

for (const { name, provision } of homeKinds) {
  describeWith(name, { provision }, (open) => {
    beforeAll(async () => {
      [home, elsewhere] = await Promise.all([open(rotor), open(rotor)]);
    });

    afterAll(() => Promise.all([home, elsewhere].map(({ server }) => server.stop())));

    describeReconcile();
    describeAbandoned();
  });
}
