import { randomUUID } from 'node:crypto';
import { ScheduleOverlapPolicy, type WorkflowHandle } from '@temporalio/client';
import { waitUntil } from '../../local/supervisor';
import { rotationId } from '../../rotation/rotation-id';
import { Hold } from '../support/hold';
import { type RotatedApplication } from '../support/rotated-application';
import { RotorUnderTest, type RunningWorker } from '../support/rotor-under-test';

let rotor: RotorUnderTest;
let worker: RunningWorker;

beforeAll(async () => {
  rotor = await RotorUnderTest.start();
});

afterEach(() => worker.stop());

afterAll(() => rotor.close());

/** A worker whose rotations wait before setSecret. */
async function startHolding(): Promise<Hold> {
  const hold = new Hold({ step: 'setSecret', moment: 'before' });
  worker = await rotor.startWorker({ wrap: (activities) => hold.wrap(activities) });
  return hold;
}

/** What a Temporal client does that knows nothing of Rotor but names. */
function signalWithStart({ arn }: RotatedApplication): Promise<WorkflowHandle> {
  return rotor.temporal.workflow.signalWithStart('rotateSecret', {
    workflowId: `rotate:${arn}`,
    taskQueue: rotor.taskQueue,
    args: [{ secretId: arn }],
    signal: 'rotateNow',
    signalArgs: [],
  });
}

/** Starts a tick as a secret's Schedule does. */
function startTick({ arn }: RotatedApplication): Promise<WorkflowHandle> {
  return rotor.temporal.workflow.start('scheduledRotation', {
    workflowId: `tick-${randomUUID()}`,
    taskQueue: rotor.taskQueue,
    args: [{ secretId: arn, configuration: {}, rotationRules: { automaticallyAfterDays: 30 } }],
  });
}

async function expectRotatedOnce(application: RotatedApplication): Promise<void> {
  expect(await application.versions()).toHaveLength(2);
  expect(await application.accepts(await application.password())).toBe(true);
  expect(await application.accepts(application.firstPassword)).toBe(false);
}

describe('the signal rotateNow', () => {
  test('starts a rotation with a token of its own', async () => {
    worker = await rotor.startWorker();
    const application = await rotor.createApplication();

    await (await signalWithStart(application)).result();

    const { rotation } = await rotor.client.describe(application.name);
    expect(rotation?.status).toMatchObject({
      state: 'rotated',
      trigger: 'signal',
      clientRequestToken: rotation?.runId,
    });
    await expectRotatedOnce(application);
  });

  test('is content with a rotation that runs, whoever asked for it', async () => {
    const hold = await startHolding();
    const application = await rotor.createApplication();
    const { runId } = await rotor.client.rotateSecret({ secretId: application.name });
    await hold.reached;

    await signalWithStart(application);
    await signalWithStart(application);
    hold.release();
    await rotor.owner(application.arn).result();

    const { rotation } = await rotor.client.describe(application.name);
    expect(rotation).toMatchObject({ runId, status: { trigger: 'request' } });
    await expectRotatedOnce(application);
  });

  test('many at once are one rotation', async () => {
    const hold = await startHolding();
    const application = await rotor.createApplication();

    await Promise.all(Array.from({ length: 5 }, () => signalWithStart(application)));
    hold.release();
    await rotor.owner(application.arn).result();

    await expectRotatedOnce(application);
  });

  test('makes a request of the client wait its turn', async () => {
    const hold = await startHolding();
    const application = await rotor.createApplication();
    await signalWithStart(application);
    await hold.reached;

    const refused = rotor.client.rotateSecret({ secretId: application.name });

    await expect(refused).rejects.toMatchObject({ name: 'RotationInProgress' });
    hold.release();
    await rotor.owner(application.arn).result();
    await expectRotatedOnce(application);
  });
});

describe("the Schedule's tick", () => {
  test('starts a rotation and ends with its result', async () => {
    worker = await rotor.startWorker();
    const application = await rotor.createApplication();

    const result = (await (await startTick(application)).result()) as unknown;

    expect(result).toMatchObject({ outcome: 'rotated', rotation: { secretId: application.arn } });
    const { rotation } = await rotor.client.describe(application.name);
    expect(rotation?.status).toMatchObject({ state: 'rotated', trigger: 'schedule' });
    await expectRotatedOnce(application);
  });

  test('is content with a rotation that runs', async () => {
    const hold = await startHolding();
    const application = await rotor.createApplication();
    await signalWithStart(application);
    await hold.reached;

    const result = (await (await startTick(application)).result()) as unknown;

    expect(result).toEqual({ outcome: 'coalesced' });
    hold.release();
    await rotor.owner(application.arn).result();
    await expectRotatedOnce(application);
  });

  test.each(['cancel', 'terminate'] as const)('%s: the rotation that it started goes on', async (end) => {
    const hold = await startHolding();
    const application = await rotor.createApplication();
    const tick = await startTick(application);
    await hold.reached;

    await tick[end]();
    await expect(tick.result()).rejects.toThrow();
    hold.release();
    await rotor.owner(application.arn).result();

    await expectRotatedOnce(application);
  });

  test("fails with the rotation's own failure", async () => {
    worker = await rotor.startWorker();
    const application = await rotor.createApplication();
    await application.setPassword('changed-by-hand');

    const failure: unknown = await (await startTick(application)).result().catch((err: unknown) => err);

    expect(failure).toMatchObject({ cause: { cause: { type: 'SignInRefused' } } });
  });

  test('is what a trigger of the Schedule starts', async () => {
    worker = await rotor.startWorker();
    const application = await rotor.createApplication();
    await rotor.client.rotateSecret({ secretId: application.name, rotationRules: { automaticallyAfterDays: 30 } });
    await rotor.owner(application.arn).result();

    await rotor.temporal.schedule.getHandle(rotationId(application.arn)).trigger(ScheduleOverlapPolicy.SKIP);

    const rotated = await waitUntil(async () => (await application.versions()).length === 3, { limitMs: 30_000 });
    expect(rotated).toBe(true);
    await rotor.owner(application.arn).result();
    expect(await application.accepts(await application.password())).toBe(true);
  });
});

describe('an owner that was started by hand under another id', () => {
  test.each([
    ['of no meaning', () => `mine-${randomUUID()}`],
    ["of the secret's name", ({ name }: RotatedApplication) => rotationId(name)],
  ])('%s fails and changes nothing', async (_, workflowId) => {
    worker = await rotor.startWorker();
    const application = await rotor.createApplication();

    const started = await rotor.temporal.workflow.start('rotateSecret', {
      workflowId: workflowId(application),
      taskQueue: rotor.taskQueue,
      args: [{ secretId: application.name }],
    });

    await expect(started.result()).rejects.toMatchObject({ cause: { type: 'ConfigurationInvalid' } });
    expect(await application.labels()).toEqual({ [application.firstVersion]: ['AWSCURRENT'] });
    expect(await application.versions()).toHaveLength(1);
    expect(await application.accepts(application.firstPassword)).toBe(true);
  });

  test('of another secret fails, and changes neither', async () => {
    worker = await rotor.startWorker();
    const [application, other] = [await rotor.createApplication(), await rotor.createApplication()];

    const started = await rotor.temporal.workflow.start('rotateSecret', {
      workflowId: rotationId(other.arn),
      taskQueue: rotor.taskQueue,
      args: [{ secretId: application.name }],
    });

    await expect(started.result()).rejects.toMatchObject({ cause: { type: 'ConfigurationInvalid' } });
    for (const each of [application, other]) {
      expect(await each.labels()).toEqual({ [each.firstVersion]: ['AWSCURRENT'] });
    }
  });
});

test('a start by hand under the right id needs the secret only', async () => {
  worker = await rotor.startWorker();
  const application = await rotor.createApplication();

  const started = await rotor.temporal.workflow.start('rotateSecret', {
    workflowId: rotationId(application.arn),
    taskQueue: rotor.taskQueue,
    args: [{ secretId: application.name }],
  });
  await started.result();

  await expectRotatedOnce(application);
});
