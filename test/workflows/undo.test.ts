import { randomUUID } from 'node:crypto';
import { createServer } from 'node:net';
import { PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { type RotationHandle } from '../../client';
import { findFreePort, waitUntil } from '../../local/supervisor';
import { Hold } from '../support/hold';
import { type OwnPostgresServer, startPostgresServer } from '../support/postgres-server';
import { type RotatedApplication } from '../support/rotated-application';
import { RotorUnderTest, type RunningWorker } from '../support/rotor-under-test';

let rotor: RotorUnderTest;
let worker: RunningWorker | undefined;

beforeAll(async () => {
  rotor = await RotorUnderTest.start();
});

afterEach(async () => {
  rotor.endpoint.controls.faults.clear();
  await worker?.stop();
  worker = undefined;
});

afterAll(() => rotor.close());

function request(application: RotatedApplication): Promise<RotationHandle> {
  return rotor.client.rotateSecret({ secretId: application.name });
}

/** Begins a rotation, and does something to the world while it stands before a step. */
async function interfere(
  application: RotatedApplication,
  { before: step, by }: { before: 'setSecret' | 'testSecret' | 'finishSecret'; by: () => Promise<unknown> },
): Promise<RotationHandle> {
  const hold = new Hold({ step, moment: 'before' });
  worker = await rotor.startWorker({ wrap: (activities) => hold.wrap(activities) });
  const rotation = await request(application);
  await hold.reached;
  await by();
  hold.release();
  return rotation;
}

async function expectFailure(rotation: RotationHandle, type: string): Promise<void> {
  await expect(rotor.client.outcome(rotation)).rejects.toMatchObject({ type });
  const { rotation: described } = await rotor.client.describe(rotation.arn);
  expect(described).toMatchObject({ workflowStatus: 'FAILED', status: { state: 'undone' } });
}

/** Somebody else decided about the secret meanwhile. */
async function expectGivenWay(rotation: RotationHandle): Promise<void> {
  await expect(rotor.client.outcome(rotation)).rejects.toMatchObject({ type: 'RotationSuperseded' });
  const { rotation: described } = await rotor.client.describe(rotation.arn);
  expect(described).toMatchObject({ workflowStatus: 'COMPLETED', status: { state: 'abandoned' } });
}

/** The labels and the password are as before, and no label is on the version of the rotation. */
async function expectAsBefore(application: RotatedApplication): Promise<void> {
  expect(await application.labels()).toEqual({ [application.firstVersion]: ['AWSCURRENT'] });
  expect(await application.password()).toBe(application.firstPassword);
  expect(await application.accepts(application.firstPassword)).toBe(true);
}

/** The owner edits the secret: another member, the same password. */
async function edit(application: RotatedApplication): Promise<string> {
  return application.put(JSON.stringify({ ...(await application.value()), comment: 'edited by hand' }));
}

test('a password that was changed by hand fails createSecret before anything is stored', async () => {
  worker = await rotor.startWorker();
  const application = await rotor.createApplication();
  await application.setPassword('changed-by-hand');

  await expectFailure(await request(application), 'SignInRefused');

  expect(await application.versions()).toEqual([application.firstVersion]);
  expect(await application.accepts('changed-by-hand')).toBe(true);
});

test("another rotation's AWSPENDING fails createSecret, and stays", async () => {
  worker = await rotor.startWorker();
  const application = await rotor.createApplication();
  const foreign = await putPending(application, {});
  const { arn, name } = application;

  const runId = await rotor.signal(arn); // a client of ours would not even ask

  await expectFailure({ arn, name, versionId: runId, runId }, 'RotationInProgress');

  expect(await application.labels()).toEqual({ [application.firstVersion]: ['AWSCURRENT'], [foreign]: ['AWSPENDING'] });
  expect(await application.accepts(application.firstPassword)).toBe(true);
});

test('a version that was planted under the token and names another server is refused, and nobody connects there', async () => {
  worker = await rotor.startWorker();
  const application = await rotor.createApplication();
  const trap = { connections: 0, port: await findFreePort() };
  const server = createServer(() => (trap.connections += 1)).listen(trap.port, '127.0.0.1');
  const token = await putPending(application, { port: trap.port, password: 'planted-password' });

  const rotation = await rotor.client.rotateSecret({ secretId: application.name, clientRequestToken: token });
  await expectGivenWay(rotation);

  expect(trap.connections).toBe(0);
  await expectAsBefore(application);
  server.close();
});

test('a user whose password is never asked for fails setSecret, and is left as it was', async () => {
  worker = await rotor.startWorker();
  const application = await rotor.createApplication();
  await rotor.postgres.sql('CREATE ROLE rds_iam');
  await rotor.postgres.sql(`GRANT rds_iam TO ${application.username}`);

  await expectFailure(await request(application), 'TargetMisconfigured');

  await expectAsBefore(application);
  await rotor.postgres.sql('DROP ROLE rds_iam');
});

test('a value that somebody stores before setSecret wins: nothing is set, and the rotation gives way', async () => {
  const application = await rotor.createApplication();
  let edited = '';

  const rotation = await interfere(application, {
    before: 'setSecret',
    by: async () => (edited = await edit(application)),
  });
  await expectGivenWay(rotation);

  expect(await application.labels()).toEqual({
    [edited]: ['AWSCURRENT'],
    [application.firstVersion]: ['AWSPREVIOUS'],
  });
  expect(await application.accepts(application.firstPassword)).toBe(true);
});

test.each(['testSecret', 'finishSecret'] as const)(
  'a value that somebody stores before %s wins: the database accepts its password again',
  async (before) => {
    const application = await rotor.createApplication();
    let edited = '';

    const rotation = await interfere(application, { before, by: async () => (edited = await edit(application)) });
    await expectGivenWay(rotation);

    expect(await application.labels()).toEqual({
      [edited]: ['AWSCURRENT'],
      [application.firstVersion]: ['AWSPREVIOUS'],
    });
    expect(await application.accepts(await application.password())).toBe(true);
    expect(await application.accepts(await application.password(rotation.versionId))).toBe(false);
  },
);

test('a label that somebody takes off the pending version ends the rotation, and the old password works again', async () => {
  const application = await rotor.createApplication();

  const rotation = await interfere(application, { before: 'testSecret', by: () => putPending(application, {}) });
  await expectGivenWay(rotation);

  expect((await application.labels())[application.firstVersion]).toEqual(['AWSCURRENT']);
  expect(await application.accepts(application.firstPassword)).toBe(true);
  expect(await application.accepts(await application.password(rotation.versionId))).toBe(false);
});

test('after the pivot the rotation goes forward, through any number of failures of the store', async () => {
  const application = await rotor.createApplication();

  const rotation = await interfere(application, {
    before: 'finishSecret',
    by: () => {
      rotor.endpoint.controls.faults.arm({ kind: 'fail-before', operation: 'UpdateSecretVersionStage', count: 7 });
      return Promise.resolve();
    },
  });
  await rotor.client.outcome(rotation);

  expect(await application.labels()).toEqual({
    [rotation.versionId]: ['AWSCURRENT'],
    [application.firstVersion]: ['AWSPREVIOUS'],
  });
  expect(await application.accepts(await application.password())).toBe(true);
});

describe('on a server of its own', () => {
  let server: OwnPostgresServer;

  beforeAll(async () => {
    server = await startPostgresServer();
  });

  afterAll(() => server.stop());

  test('a server that does not ask for the password fails testSecret; nothing has changed', async () => {
    worker = await rotor.startWorker();
    const application = await rotor.createApplication({}, server);
    await server.admit(`host all ${application.username} 127.0.0.1/32 trust`);

    await expectFailure(await request(application), 'CannotVerify');

    await server.admit();
    await expectAsBefore(application);
  });

  test('a server that goes away before testSecret is waited for', async () => {
    const application = await rotor.createApplication({}, server);

    const rotation = await interfere(application, { before: 'testSecret', by: () => server.halt() });
    await waitUntil(async () => (await rotor.client.describe(application.name)).rotation?.retrying !== undefined, {
      limitMs: 30_000,
    });
    const { rotation: waiting } = await rotor.client.describe(application.name);
    await server.resume();
    await rotor.client.outcome(rotation);

    expect(waiting?.retrying).toMatchObject({ step: 'testSecret', type: 'TargetUnavailable' });
    expect(await application.accepts(await application.password(rotation.versionId))).toBe(true);
    expect(await application.accepts(application.firstPassword)).toBe(false);
  });
});

/** Stores a version under AWSPENDING past the rotation; returns its id. */
async function putPending(application: RotatedApplication, members: Record<string, unknown>): Promise<string> {
  const token = randomUUID();
  await rotor.secretsManager.send(
    new PutSecretValueCommand({
      SecretId: application.arn,
      ClientRequestToken: token,
      SecretString: JSON.stringify({ ...(await application.value()), ...members }),
      VersionStages: ['AWSPENDING'],
    }),
  );
  return token;
}
