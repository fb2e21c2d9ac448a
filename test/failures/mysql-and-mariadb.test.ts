import { randomUUID } from 'node:crypto';
import { CreateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { Context } from '@temporalio/activity';
import { type Activities } from '../../activities';
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

type Change = (application: SqlApplication) => Promise<unknown>;

const locked = { what: 'the user is locked', happens: (app: SqlApplication) => app.alter('ACCOUNT LOCK') };
const expired = { what: 'the password expires', happens: (app: SqlApplication) => app.alter('PASSWORD EXPIRE') };
const changed = {
  what: 'the password is changed by hand',
  happens: (app: SqlApplication) => app.setPassword('by hand'),
};
const unlock = (app: SqlApplication): Promise<void> => app.alter('ACCOUNT UNLOCK');
const setBack = (app: SqlApplication): Promise<void> => app.setPassword();
const fail = (failure: Error) => (): Promise<never> => Promise.reject(failure);

interface Cause {
  readonly what: string;
  readonly step: keyof Activities;
  readonly happens: Change;
  readonly type: string;
  readonly end: 'undone' | 'decision';
  readonly mend?: Change;
}

const causes: readonly Cause[] = [
  { step: 'createSecret', ...locked, type: 'AccountBlocked', end: 'undone', mend: unlock },
  { step: 'createSecret', ...expired, type: 'AccountBlocked', end: 'undone', mend: setBack },
  { step: 'createSecret', ...changed, type: 'SignInRefused', end: 'undone', mend: setBack },
  { step: 'setSecret', ...locked, type: 'AccountBlocked', end: 'decision', mend: unlock },
  { step: 'setSecret', ...changed, type: 'SignInRefused', end: 'decision', mend: setBack },
  { step: 'testSecret', ...locked, type: 'AccountBlocked', end: 'decision', mend: unlock },
];

function describeFailures(start: () => Promise<OwnSqlServer>): void {
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
    async function rotate(application: SqlApplication): ReturnType<RotorUnderTest['client']['rotateSecret']> {
      return rotor.client.rotateSecret({ secretId: application.arn, configuration: { strategy, superuserSecretId } });
    }

    async function expectOnlyFirst(application: SqlApplication): Promise<void> {
      for (const version of await application.versions()) {
        expect(await application.signsIn(version)).toBe(version === application.firstVersion);
      }
    }

    test.each(causes)('where $what before $step: $end, by $type', async ({ step, happens, type, end, mend }) => {
      const application = await SqlApplication.create(server, rotor.secretsManager);
      interference.plan({ secretId: application.arn, step, act: () => happens(application) });

      const rotation = await rotate(application);
      if (end === 'decision') {
        expect(await untilAsked(rotor, { rotation })).toBe(type);
        await mend?.(application);
        await rotor.client.decide({ secretId: application.arn, choice: 'rollBack' });
      } else {
        await expect(rotor.client.outcome(rotation)).rejects.toMatchObject({ type });
        await mend?.(application);
      }

      await expectUndone(rotor, { application, rotation, type });
      await expectOnlyFirst(application);
    });

    test.each(decisionChoices)('where the user is locked before testSecret, a person decides "%s"', async (choice) => {
      const application = await SqlApplication.create(server, rotor.secretsManager);
      const { arn: secretId, firstVersion } = application;
      interference.plan({ secretId, step: 'testSecret', act: () => locked.happens(application) });
      const rotation = await rotate(application);
      const { versionId } = rotation;
      expect(await untilAsked(rotor, { rotation })).toBe('AccountBlocked');
      await unlock(application);

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
        const application = await SqlApplication.create(server, rotor.secretsManager);
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
      const application = await SqlApplication.create(server, rotor.secretsManager);
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
        const application = await SqlApplication.create(server, rotor.secretsManager);
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
}

describeWith('MySQL', { provision: mysqlHere }, (program) => {
  describeFailures(() => startMysqlServer(program));
});

describeWith('MariaDB', { provision: mariadbHere }, (program) => {
  describeFailures(() => startMariadbServer(program));
});
