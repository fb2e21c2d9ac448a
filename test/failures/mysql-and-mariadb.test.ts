import { randomUUID } from 'node:crypto';
import { CreateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { Context } from '@temporalio/activity';
import { decisionChoices } from '../../client';
import { OutcomeUnknownError, PasswordRejectedError, TargetUnavailableError } from '../../rotation/errors';
import { expectRotated, expectUndone, untilAsked } from '../support/end-states';
import { Interference } from '../support/interference';
import { mariadbHere, startMariadbServer } from '../support/mariadb-server';
import { mysqlHere, startMysqlServer } from '../support/mysql-server';
import { RotorUnderTest } from '../support/rotor-under-test';
import { describeWith } from '../support/servers/describe-on';
import { type OwnSqlServer } from '../support/servers/sql-server';
import { SqlApplication } from '../support/sql-application';

const interference = new Interference();
let rotor: RotorUnderTest;

beforeAll(async () => {
  rotor = await RotorUnderTest.start();
  await rotor.startWorker({ wrap: (activities) => interference.wrap(activities) });
});

afterAll(() => rotor.close());

const fail = (failure: Error) => (): Promise<never> => Promise.reject(failure);

/** What tests of a server have at hand. */
interface Scene {
  readonly server: OwnSqlServer;
  readonly superuserSecretId: string;
}

function describeFailures(start: () => Promise<OwnSqlServer>): () => Scene {
  let server: OwnSqlServer;
  let superuserSecretId: string;

  beforeAll(async () => {
    server = await start();
    const { username, password } = server.superuser;
    const text = JSON.stringify({ username, password: password.reveal() });
    const command = new CreateSecretCommand({ Name: `test/superuser-${randomUUID()}`, SecretString: text });
    superuserSecretId = (await rotor.secretsManager.send(command)).ARN ?? '';
  });

  afterAll(() => server.stop());

  describe.each(['single-user', 'multiple-credentials'] as const)('with %s', (strategy) => {
    const create = (): Promise<SqlApplication> =>
      SqlApplication.create({ server, secretsManager: rotor.secretsManager });

    async function rotate(application: SqlApplication): ReturnType<RotorUnderTest['client']['rotateSecret']> {
      return rotor.client.rotateSecret({ secretId: application.arn, configuration: { strategy, superuserSecretId } });
    }

    async function expectOnlyFirst(application: SqlApplication): Promise<void> {
      for (const version of await application.versions()) {
        expect(await application.signsIn(version)).toBe(version === application.firstVersion);
      }
    }

    test.each(decisionChoices)('where the user is locked before testSecret, a person decides "%s"', async (choice) => {
      const application = await create();
      const { arn: secretId, firstVersion } = application;
      interference.plan({ secretId, step: 'testSecret', act: () => application.alter('ACCOUNT LOCK') });
      const rotation = await rotate(application);
      const { versionId } = rotation;
      expect(await untilAsked(rotor, { rotation })).toBe('AccountBlocked');
      await application.alter('ACCOUNT UNLOCK');

      await rotor.client.decide({ secretId, choice, question: 1 });

      if (choice === 'rollBack') {
        await expectUndone(rotor, { application, rotation, type: 'AccountBlocked' });
        await expectOnlyFirst(application);
        return;
      }
      if (choice === 'retry') await expectRotated(rotor, { application, rotation });
      else {
        await expect(rotor.client.outcome(rotation)).rejects.toMatchObject({ type: 'AccountBlocked' });
        expect(await application.labels()).toEqual({ [firstVersion]: ['AWSCURRENT'], [versionId]: ['AWSPENDING'] });
      }
      expect(await application.signsIn(versionId)).toBe(true);
      expect(await application.signsIn(firstVersion)).toBe(strategy === 'multiple-credentials');
    });

    test.each(['setSecret', 'testSecret', 'finishSecret'] as const)(
      'a server that goes away, and an answer that is lost, at %s: rotated',
      async (step) => {
        const application = await create();
        const { arn: secretId } = application;
        interference.plan({ secretId, step, act: fail(new TargetUnavailableError('away')) });
        interference.plan({ secretId, step, moment: 'after', act: fail(new OutcomeUnknownError('lost')) });

        const rotation = await rotate(application);

        await expectRotated(rotor, { application, rotation });
        expect(interference.attempts(secretId, step)).toBe(3);
        expect(await application.signsIn(application.firstVersion)).toBe(strategy === 'multiple-credentials');
      },
    );

    test('a password that the server refuses after it was set: replaced, and refused from then on', async () => {
      const application = await create();
      const act = fail(new PasswordRejectedError('used before'));
      interference.plan({ secretId: application.arn, step: 'setSecret', moment: 'after', act });

      const rotation = await rotate(application);

      await expectRotated(rotor, { application, rotation });
      expect(await application.versions()).toHaveLength(3);
      expect(await application.signsIn(rotation.versionId)).toBe(false);
    });

    test.each(['setSecret', 'testSecret'] as const)(
      'cancelled after %s: only the first password works',
      async (step) => {
        const application = await create();
        const { arn: secretId } = application;
        const act = async (): Promise<void> => {
          const { cancelled } = Context.current();
          await rotor.client.cancelRotation({ secretId });
          await cancelled;
        };
        interference.plan({ secretId, step, moment: 'after', act });

        const rotation = await rotate(application);

        await expectUndone(rotor, { application, rotation, type: 'Cancelled' });
        await expectOnlyFirst(application);
      },
    );
  });

  return () => ({ server, superuserSecretId });
}

describeWith('MySQL', { provision: mysqlHere }, (program) => {
  const scene = describeFailures(() => startMysqlServer(program));

  test.each(['itself', 'the superuser'])(
    'a user whom one wrong password locks, with single-user by %s: no sign-in is refused, and it is rotated',
    async (by) => {
      const { server, superuserSecretId } = scene();
      const application = await SqlApplication.create({ server, secretsManager: rotor.secretsManager });
      const { arn: secretId, sqlName } = application;
      await application.alter('FAILED_LOGIN_ATTEMPTS 1 PASSWORD_LOCK_TIME UNBOUNDED');
      if (by === 'itself') await server.sql(`GRANT CREATE USER ON *.* TO ${sqlName}`);
      const configuration = by === 'itself' ? {} : { superuserSecretId };

      const rotation = await rotor.client.rotateSecret({ secretId, configuration });

      await expectRotated(rotor, { application, rotation });
    },
  );
});

describeWith('MariaDB', { provision: mariadbHere }, (program) => {
  describeFailures(() => startMariadbServer(program));
});
