import { randomUUID } from 'node:crypto';
import {
  DeleteSecretCommand,
  PutSecretValueCommand,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { RotationFailedError, WaitingForWorkerError } from '../../client';
import { waitUntil } from '../../local/supervisor';
import { RotationInProgressError } from '../../rotation/errors';
import { Hold } from '../support/hold';
import { type RotatedApplication } from '../support/rotated-application';
import { RotorUnderTest } from '../support/rotor-under-test';

let rotor: RotorUnderTest;

beforeAll(async () => {
  rotor = await RotorUnderTest.start();
});

afterAll(() => rotor.close());

/** Everything that a secret answers to. */
function namesOf({ arn, name }: { arn: string; name: string }): string[] {
  return [name, arn.slice(0, -'-xxxxxx'.length), arn];
}

test('name, partial ARN and full ARN meet in one lock', async () => {
  const hold = new Hold({ step: 'setSecret', moment: 'before' });
  const worker = await rotor.startWorker({ wrap: (activities) => hold.wrap(activities) });
  const application = await rotor.createApplication();
  const rotation = await rotor.client.rotateSecret({ secretId: application.name });
  await hold.reached;

  for (const secretId of namesOf(application)) {
    await expect(rotor.client.rotateSecret({ secretId })).rejects.toBeInstanceOf(RotationInProgressError);
  }

  hold.release();
  await rotor.client.outcome(rotation);
  expect(await application.versions()).toHaveLength(2);
  await worker.stop();
});

test.each([
  ['alone', {}],
  ['with rules', { rotationRules: { automaticallyAfterDays: 7 } }],
])(
  'the same token asked again %s while no worker answers is the same rotation, which waits for one',
  async (_, rules) => {
    const hold = new Hold({ step: 'testSecret', moment: 'before' });
    const worker = await rotor.startWorker({ wrap: (activities) => hold.wrap(activities) });
    const application = await rotor.createApplication();
    const request = { secretId: application.name, clientRequestToken: randomUUID(), ...rules };
    const rotation = await rotor.client.rotateSecret(request);
    await hold.reached; // AWSPENDING is on its version
    await worker.stop();

    await expect(rotor.client.rotateSecret(request)).rejects.toBeInstanceOf(WaitingForWorkerError);

    const next = await rotor.startWorker();
    expect(await rotor.client.rotateSecret(request)).toEqual(rotation);
    await rotor.client.outcome(rotation);
    expect(await application.versions()).toHaveLength(2);
    await next.stop();
  },
);

describe('with a worker', () => {
  let worker: { stop(): Promise<void> };

  beforeAll(async () => {
    worker = await rotor.startWorker();
  });

  afterAll(() => worker.stop());

  test.each([
    ['ends in a hyphen and six characters', 'test/ledger-abc123'],
    ['looks like an ARN', 'arn.aws.secretsmanager/secret-AbCdEf'],
    ['is the beginning of another one', 'test/twin'],
  ])('a secret whose name %s is itself by each of its names', async (_what, name) => {
    const application = await rotor.createNamedApplication(name);
    const twin = await rotor.createNamedApplication(`${name}-Twin22`);

    for (const secretId of [name, application.arn]) {
      const rotation = await rotor.client.rotateSecret({ secretId });
      await rotor.client.outcome(rotation);
      expect(rotation).toMatchObject({ arn: application.arn, name });
    }

    expect(await application.versions()).toHaveLength(3);
    expect(await twin.versions()).toHaveLength(1);
  });

  test('an ARN without its suffix, of a name that ends like one, means no secret: so AWS reads it', async () => {
    const application = await rotor.createNamedApplication('test/journal-abc123');

    const refused = rotor.client.rotateSecret({ secretId: application.arn.slice(0, -'-xxxxxx'.length) });

    await expect(refused).rejects.toMatchObject({ name: 'SecretNotFound' });
  });

  test('a secret that was deleted and created anew under its name has a lock and a schedule of its own', async () => {
    const first = await rotor.createApplication();
    await rotor.client.rotateSecret({ secretId: first.name, rotationRules: { automaticallyAfterDays: 3 } });
    await rotor.owner(first.arn).result();
    await rotor.secretsManager.send(new DeleteSecretCommand({ SecretId: first.arn, ForceDeleteWithoutRecovery: true }));
    const second = await createAgain(first.name);

    const rotation = await rotor.client.rotateSecret({ secretId: first.name });
    await rotor.client.outcome(rotation);

    expect(rotation.arn).toBe(second.arn);
    expect(second.arn).not.toBe(first.arn);
    expect((await rotor.client.describe(second.name)).schedule).toBeUndefined();
    await expect(rotor.client.describe(first.arn)).resolves.toMatchObject({
      arn: first.arn,
      labels: {},
      unread: { type: 'SecretNotFound' },
    });
  });

  test('a secret that is deleted is refused by the tick of the Schedule that it left, and nothing is made', async () => {
    const application = await rotor.createApplication();
    await rotor.client.configure({ secretId: application.name, rotationRules: { automaticallyAfterDays: 3 } });
    await rotor.secretsManager.send(
      new DeleteSecretCommand({ SecretId: application.arn, ForceDeleteWithoutRecovery: true }),
    );

    await rotor.schedule(application.arn).trigger();

    expect(await rotor.untilRotated(application.arn, { runs: 1 })).toBe(true);
    await expect(rotor.owner(application.arn).result()).rejects.toMatchObject({
      cause: { type: expect.stringMatching(/^Secret(NotFound|NotRotatable)$/) as string },
    });
  });

  test("AWSPENDING on a version of somebody else's is refused with its token and how to resume or discard it", async () => {
    const application = await rotor.createApplication();
    const pending = await leavePending(application);

    const refused = rotor.client.rotateSecret({
      secretId: application.name,
      rotationRules: { automaticallyAfterDays: 5 },
    });

    await expect(refused).rejects.toBeInstanceOf(RotationInProgressError);
    await expect(refused).rejects.toThrow(`version ${pending} holds AWSPENDING`);
    await expect(refused).rejects.toThrow(
      'Go on with it by `rotor resume --pending`, or take the label off by `rotor discard`',
    );
    const { rotation, schedule } = await rotor.client.describe(application.name);
    expect({ rotation, schedule }).toEqual({ rotation: undefined, schedule: undefined });
  });

  test('a signal meets the same AWSPENDING in the rotation itself: it fails and changes nothing', async () => {
    const application = await rotor.createApplication();
    await leavePending(application);
    const before = await application.labels();

    await rotor.signal(application.arn);

    await expect(rotor.owner(application.arn).result()).rejects.toMatchObject({
      cause: { type: 'RotationInProgress' },
    });
    expect(await application.labels()).toEqual(before);
    expect(await application.accepts(application.firstPassword)).toBe(true);
  });

  test('AWSPENDING beside AWSCURRENT bars nothing', async () => {
    const application = await rotor.createApplication();
    const { arn, firstVersion } = application;
    await rotor.secretsManager.send(
      new UpdateSecretVersionStageCommand({
        SecretId: arn,
        VersionStage: 'AWSPENDING',
        MoveToVersionId: firstVersion,
      }),
    );

    const { versionId } = await rotor.rotate(application);

    expect(await application.labels()).toMatchObject({ [versionId]: ['AWSCURRENT'] });
  });

  test('a rotation that was terminated is gone on with by its token, also by two at once', async () => {
    const hold = new Hold({ step: 'testSecret', moment: 'before' });
    await worker.stop();
    const held = await rotor.startWorker({ wrap: (activities) => hold.wrap(activities) });
    const application = await rotor.createApplication();
    const token = randomUUID();
    const secretId = application.name;
    const broken = await rotor.client.rotateSecret({ secretId, clientRequestToken: token });
    await hold.reached;
    await rotor.owner(application.arn).terminate('by hand');
    await held.stop();
    worker = await rotor.startWorker();
    await expect(rotor.client.rotateSecret({ secretId })).rejects.toThrow(token);

    const again = { secretId, clientRequestToken: token };
    const [one, other] = await Promise.all([rotor.client.rotateSecret(again), rotor.client.rotateSecret(again)]);
    await rotor.client.outcome(one);

    expect(one.versionId).toBe(token);
    expect(other).toEqual(one);
    expect(one.runId).not.toBe(broken.runId);
    expect(await application.labels()).toEqual({
      [token]: ['AWSCURRENT'],
      [application.firstVersion]: ['AWSPREVIOUS'],
    });
    expect(await application.accepts(await application.password())).toBe(true);
  });

  test('the same token, long after its rotation and when its version has no label any more, is no second rotation', async () => {
    const application = await rotor.createApplication();
    const secretId = application.name;
    const clientRequestToken = randomUUID();
    const first = await rotor.client.rotateSecret({ secretId, clientRequestToken });
    await rotor.client.outcome(first);
    for (let later = 0; later < 3; later += 1) await rotor.rotate(application);
    const before = await application.labels();

    const again = await rotor.client.rotateSecret({ secretId, clientRequestToken });

    expect(again).toEqual(first);
    expect((await rotor.client.outcome(again)).clientRequestToken).toBe(clientRequestToken);
    expect(await application.labels()).toEqual(before);
    expect(await application.versions()).toHaveLength(5);
  });

  test('the same token after its rotation was undone gives the same answer, and no second rotation', async () => {
    const application = await rotor.createApplication();
    await application.setPassword('changed-by-somebody');
    const request = { secretId: application.name, clientRequestToken: randomUUID() };
    const first = await rotor.client.rotateSecret(request);
    await expect(rotor.client.outcome(first)).rejects.toBeInstanceOf(RotationFailedError);
    await application.setPassword(application.firstPassword);

    const again = await rotor.client.rotateSecret(request);

    expect(again).toEqual(first);
    expect(await application.versions()).toHaveLength(1);
  });

  test('a token that Temporal has forgotten, of a version without a label, is no second rotation either', async () => {
    const application = await rotor.createApplication();
    const { arn, name } = application;
    const token = await leavePending(application);
    await rotor.secretsManager.send(
      new UpdateSecretVersionStageCommand({ SecretId: arn, VersionStage: 'AWSPENDING', RemoveFromVersionId: token }),
    );
    const before = await application.labels();

    const again = await rotor.client.rotateSecret({ secretId: name, clientRequestToken: token });

    await expect(rotor.client.outcome(again)).rejects.toMatchObject({ type: 'RotationSuperseded' });
    expect(await application.labels()).toEqual(before);
    expect(await application.accepts(await application.password())).toBe(true);
  });

  test('nothing stored, and nothing in the secret to infer it from, is an error that says so', async () => {
    const application = await rotor.createApplication({ engine: undefined });

    const rotation = await rotor.client.rotateSecret({ secretId: application.name });

    await expect(rotor.client.outcome(rotation)).rejects.toMatchObject({
      type: 'MalformedSecret',
      message: expect.stringContaining('engine') as string,
    });
    expect(await application.versions()).toHaveLength(1);
  });

  test('an owner that was started by hand under another id than its lock ends at once, and changes nothing', async () => {
    const application = await rotor.createApplication();
    const { arn } = application;

    const owner = await rotor.temporal.workflow.start('rotateSecret', {
      workflowId: `rotate:${application.name}`,
      taskQueue: rotor.taskQueue,
      args: [{ secretId: arn }],
    });

    await expect(owner.result()).rejects.toMatchObject({ cause: { type: 'ConfigurationInvalid' } });
    expect(await application.versions()).toHaveLength(1);
  });
});

/** Stores a version under AWSPENDING that nobody works on. */
async function leavePending({ arn }: { arn: string }): Promise<string> {
  const command = new PutSecretValueCommand({ SecretId: arn, SecretString: '{}', VersionStages: ['AWSPENDING'] });
  return (await rotor.secretsManager.send(command)).VersionId ?? '';
}

/** A forced deletion frees the name after a moment. */
async function createAgain(name: string): Promise<RotatedApplication> {
  const made: RotatedApplication[] = [];
  const create = (): Promise<boolean> =>
    rotor.createNamedApplication(name).then(
      (application) => made.push(application) > 0,
      () => false,
    );
  await waitUntil(create, { limitMs: 30_000, everyMs: 200 });
  const [application] = made;
  if (!application) throw new Error(`The name ${name} is not free.`);
  return application;
}
