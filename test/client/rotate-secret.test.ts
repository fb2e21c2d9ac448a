import { randomUUID } from 'node:crypto';
import { RotationFailedError, type RotationHandle, WaitingForWorkerError } from '../../client';
import { RotationInProgressError } from '../../rotation/errors';
import { Hold } from '../support/hold';
import { type RotatedApplication } from '../support/rotated-application';
import { RotorUnderTest } from '../support/rotor-under-test';

let rotor: RotorUnderTest;

beforeAll(async () => {
  rotor = await RotorUnderTest.start();
});

afterAll(() => rotor.close());

function request(application: RotatedApplication, clientRequestToken?: string): Promise<RotationHandle> {
  const secretId = application.name;
  return rotor.client.rotateSecret(clientRequestToken === undefined ? { secretId } : { secretId, clientRequestToken });
}

const rotationRules = { automaticallyAfterDays: 7 };

/** Carries a rotation out while a worker runs. */
async function whileWorking<T>(work: () => Promise<T>): Promise<T> {
  const worker = await rotor.startWorker();
  try {
    return await work();
  } finally {
    await worker.stop();
  }
}

test.each([2, 8])('%d requests at once are one rotation; the others are told its token', async (callers) => {
  await whileWorking(async () => {
    const application = await rotor.createApplication();

    const answers = await Promise.allSettled(Array.from({ length: callers }, () => request(application)));

    const accepted = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
    const refused = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason as unknown] : []));
    expect(accepted).toHaveLength(1);
    for (const refusal of refused) {
      expect(refusal).toBeInstanceOf(RotationInProgressError);
      expect(refusal).toMatchObject({ ids: { clientRequestToken: accepted[0]?.versionId } });
    }
    for (const rotation of accepted) await rotor.client.outcome(rotation);
    expect(await application.versions()).toHaveLength(2);
  });
});

test('the same token, asked for at once and again during the rotation and after it, is one rotation', async () => {
  const hold = new Hold({ step: 'testSecret', moment: 'before' });
  const worker = await rotor.startWorker({ wrap: (activities) => hold.wrap(activities) });
  const application = await rotor.createApplication();
  const token = randomUUID();

  const atOnce = await Promise.all([request(application, token), request(application, token)]);
  await hold.reached;
  const during = await request(application, token);
  hold.release();
  await rotor.client.outcome(during);
  const after = await request(application, token);

  for (const rotation of [...atOnce, during, after]) {
    expect(rotation).toEqual({ arn: application.arn, name: application.name, versionId: token, runId: during.runId });
  }
  expect((await rotor.client.outcome(after)).clientRequestToken).toBe(token);
  expect(await application.versions()).toHaveLength(2);
  await worker.stop();
});

test('a request during a rotation is refused with its token and step, and changes nothing', async () => {
  const hold = new Hold({ step: 'setSecret', moment: 'before' });
  const worker = await rotor.startWorker({ wrap: (activities) => hold.wrap(activities) });
  const application = await rotor.createApplication();
  const rotation = await request(application);
  await hold.reached;
  const before = await application.labels();

  const refused = request(application, randomUUID());

  await expect(refused).rejects.toThrow(`(token ${rotation.versionId}, step setSecret). Nothing was changed.`);
  expect(await application.labels()).toEqual(before);
  hold.release();
  await rotor.client.outcome(rotation);
  await worker.stop();
});

test('new rules that come during a rotation are refused, and not stored', async () => {
  const hold = new Hold({ step: 'setSecret', moment: 'before' });
  const worker = await rotor.startWorker({ wrap: (activities) => hold.wrap(activities) });
  const application = await rotor.createApplication();
  const rotation = await request(application);
  await hold.reached;

  const refused = rotor.client.rotateSecret({ secretId: application.name, rotationRules });

  await expect(refused).rejects.toBeInstanceOf(RotationInProgressError);
  expect((await rotor.client.describe(application.name)).schedule).toBeUndefined();
  hold.release();
  await rotor.client.outcome(rotation);
  await worker.stop();
});

test('a request that another one overtakes in the last moment is refused, and its rules are not stored', async () => {
  const hold = new Hold({ step: 'setSecret', moment: 'before' });
  const worker = await rotor.startWorker({ wrap: (activities) => hold.wrap(activities) });
  const application = await rotor.createApplication();
  const { workflow } = rotor.temporal;
  const starting = jest.spyOn(workflow, 'startUpdateWithStart');
  starting.mockImplementation(async (update, options) => {
    starting.mockRestore();
    await request(application);
    return workflow.startUpdateWithStart(update, options);
  });

  const refused = rotor.client.rotateSecret({ secretId: application.name, rotationRules });

  await expect(refused).rejects.toBeInstanceOf(RotationInProgressError);
  const { schedule, rotation } = await rotor.client.describe(application.name);
  expect(schedule).toBe(undefined);
  expect(rotation?.status?.steps.map(({ step }) => step)).toContain('openRotation');
  await hold.reached;
  hold.release();
  await rotor.owner(application.arn).result();
  expect((await rotor.client.describe(application.name)).schedule).toBe(undefined);
  expect(await application.versions()).toHaveLength(2);
  await worker.stop();
});

test('a caller that dies before its rules are stored has them all the same, once its rotation has ended', async () => {
  await whileWorking(async () => {
    const application = await rotor.createApplication();
    const storing = jest.spyOn(rotor.temporal.schedule, 'create').mockRejectedValue(new Error('gone'));

    const failed = rotor.client.rotateSecret({ secretId: application.name, rotationRules });

    await expect(failed).rejects.toThrow(`The rotation of ${application.name} is accepted and goes on, but`);
    storing.mockRestore();
    await rotor.owner(application.arn).result();
    const { schedule } = await rotor.client.describe(application.name);
    expect(schedule?.plan).toEqual({ secretId: application.arn, configuration: {}, rotationRules });
  });
});

test('rules of a request that waits for a worker are stored', async () => {
  const application = await rotor.createApplication();

  const waiting = rotor.client.rotateSecret({ secretId: application.name, rotationRules });

  await expect(waiting).rejects.toBeInstanceOf(WaitingForWorkerError);
  const { schedule } = await rotor.client.describe(application.name);
  expect(schedule?.plan?.rotationRules).toEqual(rotationRules);
  await rotor.owner(application.arn).terminate();
});

test('without a worker a request is accepted and waits, and is carried out once one runs', async () => {
  const application = await rotor.createApplication();

  await expect(request(application)).rejects.toBeInstanceOf(WaitingForWorkerError);
  const waiting = await rotor.client.describe(application.name);
  await whileWorking(async () => {
    await rotor.owner(application.arn).result();
  });

  expect(waiting.rotation).toMatchObject({ open: true, workflowStatus: 'RUNNING', status: undefined });
  expect(await application.accepts(application.firstPassword)).toBe(false);
  expect(await application.accepts(await application.password())).toBe(true);
});

test('a rotation is followed step by step, to its end', async () => {
  await whileWorking(async () => {
    const application = await rotor.createApplication();
    const rotation = await request(application);

    const ended: string[] = [];
    for await (const progress of rotor.client.follow(rotation)) {
      if (progress.kind === 'step' && progress.record.endedAt !== undefined) ended.push(progress.record.step);
    }

    const steps = ['openRotation', 'createSecret', 'setSecret', 'testSecret', 'finishSecret', 'armNextRotation'];
    expect(ended).toEqual(steps);
  });
});

test("a failed rotation's outcome is the domain error, with its name as type", async () => {
  await whileWorking(async () => {
    const application = await rotor.createApplication();
    await application.setPassword('changed-by-hand-by-somebody');
    const rotation = await request(application);

    const failure = await rotor.client.outcome(rotation).catch((err: unknown) => err);

    expect(failure).toBeInstanceOf(RotationFailedError);
    expect(failure).toMatchObject({
      type: 'SignInRefused',
      message: expect.stringContaining(application.username) as string,
    });
  });
});

test('an unknown secret is not found, and starts nothing', async () => {
  const unknown = rotor.client.rotateSecret({ secretId: 'test/nobody-has-this' });

  await expect(unknown).rejects.toMatchObject({ name: 'SecretNotFound' });
});

test('without a worker a second request is refused: the first one holds the lock', async () => {
  const application = await rotor.createApplication();
  await expect(request(application)).rejects.toBeInstanceOf(WaitingForWorkerError);

  await expect(request(application)).rejects.toBeInstanceOf(RotationInProgressError);

  await whileWorking(async () => {
    await rotor.owner(application.arn).result();
  });
  expect(await application.versions()).toHaveLength(2);
});
