import { randomBytes } from 'node:crypto';
import { CreateSecretCommand, GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { mariadbHere, startMariadbServer } from '../support/mariadb-server';
import { mysqlHere, startMysqlServer } from '../support/mysql-server';
import { RotorUnderTest } from '../support/rotor-under-test';
import { describeWith } from '../support/servers/describe-on';
import { type OwnSqlServer } from '../support/servers/sql-server';

let rotor: RotorUnderTest;

beforeAll(async () => {
  rotor = await RotorUnderTest.start();
  await rotor.startWorker();
});

afterAll(() => rotor.close());

describeWith('MySQL', { provision: mysqlHere }, (program) => {
  rotatesThreeTimes('mysql', () => startMysqlServer(program));
});

describeWith('MariaDB', { provision: mariadbHere }, (program) => {
  rotatesThreeTimes('mariadb', () => startMariadbServer(program));
});

function rotatesThreeTimes(engine: string, start: () => Promise<OwnSqlServer>): void {
  let server: OwnSqlServer;

  beforeAll(async () => {
    server = await start();
  });

  afterAll(() => server.stop());

  test('each of three rotations makes the server accept the new password and refuse the old one', async () => {
    const secretId = `test/${engine}`;
    const superuserSecretId = `test/${engine}-superuser`;
    const user = { username: 'app', password: randomBytes(24).toString('base64url') };
    await server.createUser(user);
    const { host, port } = server.address;
    await store(secretId, { engine, host, port, ...user, ssl: false });
    const { username, password: superuserPassword } = server.superuser;
    await store(superuserSecretId, { username, password: superuserPassword.reveal() });

    let old = user.password;
    for (let turn = 0; turn < 3; turn++) {
      await rotor.client.outcome(await rotor.client.rotateSecret({ secretId, configuration: { superuserSecretId } }));

      const password = await currentPassword(secretId);
      expect(password).not.toBe(old);
      expect(await server.signsIn({ ...user, password })).toBe(true);
      expect(await server.signsIn({ ...user, password: old })).toBe(false);
      old = password;
    }
  });
}

async function store(name: string, secret: object): Promise<void> {
  await rotor.secretsManager.send(new CreateSecretCommand({ Name: name, SecretString: JSON.stringify(secret) }));
}

async function currentPassword(secretId: string): Promise<string> {
  const { SecretString = '' } = await rotor.secretsManager.send(new GetSecretValueCommand({ SecretId: secretId }));
  return (JSON.parse(SecretString) as { password: string }).password;
}
