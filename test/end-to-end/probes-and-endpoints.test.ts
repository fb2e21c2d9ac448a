import { type RotationHandle } from '../../client';
import { waitUntil } from '../../local/supervisor';
import { type TestProbes } from '../../rotation/database-engine';
import { type RotationConfiguration } from '../../rotation/rotation-request';
import { type UserAccount } from '../contracts/database-engine';
import { Line } from '../support/line';
import { type OwnPostgresServer, startPostgresServer } from '../support/postgres-server';
import { RotorUnderTest } from '../support/rotor-under-test';
import { describeWith } from '../support/servers/describe-on';
import { PostgresTarget } from '../support/targets/postgres-target';
import { createRotatedUser, type RotatedUser } from '../support/targets/rotated-user';
import { targetKinds } from '../support/targets/target-kinds';
import { type Row, type TargetServer } from '../support/targets/target-server';

let rotor: RotorUnderTest;

beforeAll(async () => {
  rotor = await RotorUnderTest.start();
  await rotor.startWorker();
});

afterAll(() => rotor.close());

for (const { name, provision } of targetKinds) {
  describeWith(`a configured test on ${name}`, { provision }, (start) => {
    let target: TargetServer;

    beforeAll(async () => {
      target = await start();
      await target.inSession(target.superuser, (run) => run('CREATE TABLE not_granted (n INTEGER)'));
    });

    afterAll(() => target.stop());

    const aUser = (): Promise<RotatedUser> => newUser(target);

    test('by probes that succeed lets the rotation finish, and leaves nothing behind', async () => {
      const user = await aUser();
      const probes = { read: [`SELECT n FROM ${user.table}`], write: [`INSERT INTO ${user.table} (n) VALUES (7)`] };

      await rotate(user, { probes });

      expect(await user.secret.labels()).toMatchObject({ [user.secret.firstVersion]: ['AWSPREVIOUS'] });
      expect(await rowsIn(target, user)).toEqual([]);
    });

    test.each<[string, (user: RotatedUser) => TestProbes, string]>([
      ['reads what is not granted', () => ({ read: ['SELECT n FROM not_granted'] }), 'PermissionMissing'],
      ['writes what is not granted', ({ table }) => ({ write: [`DELETE FROM ${table}`] }), 'PermissionMissing'],
      ['reads what is not there', ({ table }) => ({ read: [`SELECT missing FROM ${table}`] }), 'ConfigurationInvalid'],
      [
        'writes what is not there',
        ({ table }) => ({ write: [`INSERT INTO ${table} (missing) VALUES (1)`] }),
        'ConfigurationInvalid',
      ],
    ])('by a probe that %s leaves the rotation undone', async (_, probesFor, type) => {
      const user = await aUser();

      await expect(rotate(user, { probes: probesFor(user) })).rejects.toMatchObject({ type });

      await expectAsBefore(target, user);
      expect(await rowsIn(target, user)).toEqual([]);
    });

    test('at a second address waits until that answers, and does not finish before', async () => {
      const user = await aUser();
      const line = await Line.to(target.address);
      try {
        const endpoints = [{ host: '127.0.0.1', port: line.port }];
        const configuration = { ...user.configuration, endpoints };
        const rotation = await rotor.client.rotateSecret({ secretId: user.secret.arn, configuration });
        await untilRetried(user, 'testSecret');
        expect(await user.secret.labels()).toMatchObject({ [user.secret.firstVersion]: ['AWSCURRENT'] });

        await line.open();
        await rotor.client.outcome(rotation);

        expect(line.connections).toBeGreaterThan(0);
        expect(await user.secret.labels()).toMatchObject({ [rotation.versionId]: ['AWSCURRENT'] });
      } finally {
        await line.close();
      }
    });
  });
}

describe('a replica of PostgreSQL', () => {
  let target: PostgresTarget;
  let replica: OwnPostgresServer;

  beforeAll(async () => {
    target = new PostgresTarget(await startPostgresServer());
    replica = await startPostgresServer();
  });

  afterAll(async () => {
    await target.stop();
    await replica.stop();
  });

  /** Asks for a rotation that is tested at the replica too. */
  function begin({ secret, configuration }: RotatedUser): Promise<RotationHandle> {
    const { host, port = 0 } = replica.address;
    const endpoints = [{ host, port }];
    return rotor.client.rotateSecret({ secretId: secret.arn, configuration: { ...configuration, endpoints } });
  }

  test('that learns the password late is waited for', async () => {
    const user = await newUser(target);
    const rotation = await begin(user);
    const account = await pendingAccount(user, rotation);
    const asked = async (): Promise<boolean> => (await replica.log()).includes(`failed for user "${account.username}"`);
    expect(await waitUntil(asked, { limitMs: 30_000 })).toBe(true);
    expect(await user.secret.labels()).toMatchObject({ [user.secret.firstVersion]: ['AWSCURRENT'] });

    await replica.createUser(account);

    await rotor.client.outcome(rotation);
    expect(await user.secret.labels()).toMatchObject({ [rotation.versionId]: ['AWSCURRENT'] });
  });

  test('that lets anybody in leaves the rotation undone', async () => {
    const user = await newUser(target);
    const { username } = await user.secret.account();
    await replica.admit(`host all ${username} 127.0.0.1/32 trust`);
    await replica.createUser({ username, password: 'not asked for' });

    const rotation = await begin(user);

    await expect(rotor.client.outcome(rotation)).rejects.toMatchObject({ type: 'CannotVerify' });
    await expectAsBefore(target, user);
  });
});

/** A user whose password a superuser changes, as every engine lets it. */
function newUser(target: TargetServer): Promise<RotatedUser> {
  return createRotatedUser({ target, secretsManager: rotor.secretsManager }, { strategy: 'single-user' });
}

async function rotate({ secret, configuration }: RotatedUser, more: RotationConfiguration): Promise<void> {
  const request = { secretId: secret.arn, configuration: { ...configuration, ...more } };
  await rotor.client.outcome(await rotor.client.rotateSecret(request));
}

/** What a rotation has stored and not yet made current. */
async function pendingAccount({ secret }: RotatedUser, { versionId }: RotationHandle): Promise<UserAccount> {
  const isStored = async (): Promise<boolean> => (await secret.versions()).includes(versionId);
  expect(await waitUntil(isStored, { limitMs: 30_000 })).toBe(true);
  return secret.account(versionId);
}

async function untilRetried({ secret }: RotatedUser, step: string): Promise<void> {
  const isRetried = async (): Promise<boolean> => {
    const { rotation } = await rotor.client.describe(secret.arn);
    return rotation?.retrying?.step === step && rotation.retrying.type === 'TargetUnavailable';
  };
  expect(await waitUntil(isRetried, { limitMs: 30_000 })).toBe(true);
}

/** The first credential is current and works; of what the rotation stored nothing has a label, or signs in. */
async function expectAsBefore(target: TargetServer, { secret }: RotatedUser): Promise<void> {
  expect(await secret.labels()).toEqual({ [secret.firstVersion]: ['AWSCURRENT'] });
  const versions = await secret.versions();
  expect(versions).toHaveLength(2);
  for (const versionId of versions) {
    expect(await target.signsIn(await secret.account(versionId))).toBe(versionId === secret.firstVersion);
  }
}

async function rowsIn(target: TargetServer, { table }: RotatedUser): Promise<readonly Row[]> {
  return target.inSession(target.superuser, (run) => run(`SELECT n FROM ${table}`));
}
