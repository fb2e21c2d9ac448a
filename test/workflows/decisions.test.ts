import { type RotationHandle } from '../../client';
import { waitUntil } from '../../local/supervisor';
import { StoreAccessDeniedError } from '../../rotation/errors';
import { surveyRotations } from '../../worker/survey-rotations';
import { FailingStep } from '../support/failing-step';
import { Hold } from '../support/hold';
import { type RotatedApplication } from '../support/rotated-application';
import { RotorUnderTest, type RunningWorker } from '../support/rotor-under-test';

const waiting = 'waiting for a decision';

let rotor: RotorUnderTest;
let worker: RunningWorker;
let application: RotatedApplication;

beforeAll(async () => {
  rotor = await RotorUnderTest.start();
});

beforeEach(async () => {
  application = await rotor.createApplication();
});

afterEach(() => worker.stop());

afterAll(() => rotor.close());

async function untilAsked(question: number): Promise<RotationHandle> {
  const { name, arn } = application;
  const asked = async (): Promise<boolean> =>
    (await rotor.client.describe(name)).rotation?.status?.question?.question === question;
  expect(await waitUntil(asked, { limitMs: 30_000, everyMs: 50 })).toBe(true);
  const { rotation } = await rotor.client.describe(name);
  const { clientRequestToken = '' } = rotation?.status ?? {};
  return { arn, name, versionId: clientRequestToken, runId: rotation?.runId ?? '' };
}

/** A rotation whose password is set, whose test fails, and whose undo fails too: the user may not sign in any more. */
async function stuckBeforeThePivot(): Promise<RotationHandle> {
  const hold = new Hold({ step: 'testSecret', moment: 'before' });
  worker = await rotor.startWorker({ wrap: (activities) => hold.wrap(activities) });
  await rotor.client.rotateSecret({ secretId: application.name });
  await hold.reached;
  await block();
  hold.release();
  return untilAsked(1);
}

/** A rotation that was tested, and that may not move the label. */
async function stuckAfterThePivot(): Promise<{ rotation: RotationHandle; finish: FailingStep }> {
  const finish = new FailingStep('finishSecret', new StoreAccessDeniedError('Grant UpdateSecretVersionStage.'));
  worker = await rotor.startWorker({ wrap: (activities) => finish.wrap(activities) });
  await rotor.client.rotateSecret({ secretId: application.name });
  return { rotation: await untilAsked(1), finish };
}

const block = (): Promise<unknown> => rotor.postgres.sql(`ALTER ROLE ${application.username} NOLOGIN`);
const unblock = (): Promise<unknown> => rotor.postgres.sql(`ALTER ROLE ${application.username} LOGIN`);
const decide = (choice: 'retry' | 'rollBack' | 'abandon', note?: string): Promise<unknown> =>
  rotor.client.decide({ secretId: application.name, choice, ...(note === undefined ? {} : { note }) });

async function expectRotated(rotation: RotationHandle): Promise<void> {
  await rotor.client.outcome(rotation);
  expect(await application.labels()).toEqual({
    [rotation.versionId]: ['AWSCURRENT'],
    [application.firstVersion]: ['AWSPREVIOUS'],
  });
  expect(await application.accepts(await application.password())).toBe(true);
}

async function expectUndone(rotation: RotationHandle, type: string): Promise<void> {
  await expect(rotor.client.outcome(rotation)).rejects.toMatchObject({ type });
  expect(await application.labels()).toEqual({ [application.firstVersion]: ['AWSCURRENT'] });
  expect(await application.accepts(application.firstPassword)).toBe(true);
  expect(await application.accepts(await application.password(rotation.versionId))).toBe(false);
}

describe('a rotation that can go neither forward nor back', () => {
  test('waits, and says what is true, why it stopped and what each choice would do', async () => {
    const { versionId, arn } = await stuckBeforeThePivot();

    const { rotation } = await rotor.client.describe(application.name);
    expect(rotation).toMatchObject({
      open: true,
      retrying: undefined,
      status: {
        state: waiting,
        question: {
          question: 1,
          reason: { type: 'AccountBlocked' },
          stock: {
            current: { versionId: application.firstVersion, labels: ['AWSCURRENT'], signsIn: 'refused' },
            pending: { versionId, labels: ['AWSPENDING'], signsIn: 'blocked' },
          },
        },
      },
    });
    const { truth = [], choices } = rotation?.status?.question ?? {};
    expect(truth.join('\n')).toContain(`Version ${versionId} (the rotation's) holds AWSPENDING`);
    expect(Object.keys(choices ?? {})).toEqual(['retry', 'rollBack', 'abandon']);
    const { typedSearchAttributes } = await rotor.owner(arn).describe();
    expect(typedSearchAttributes.getAll()).toContainEqual(
      expect.objectContaining({ key: expect.objectContaining({ name: 'RotorState' }) as unknown, value: waiting }),
    );
    await unblock();
    await decide('rollBack');
    await rotor.client.outcome({ ...(await untilEnded()), versionId }).catch(() => undefined);
  });

  test('is listed as waiting, and counted by every worker', async () => {
    const rotation = await stuckBeforeThePivot();

    const isListed = async (): Promise<boolean> => {
      for await (const { arn, state } of rotor.client.list({ state: waiting })) {
        if (arn === application.arn && state === waiting) return true;
      }
      return false;
    };
    expect(await waitUntil(isListed, { limitMs: 30_000 })).toBe(true);
    expect((await surveyRotations(rotor.temporal, new Date())).waiting).toContain(application.arn);

    await unblock();
    await decide('rollBack');
    await expectUndone(rotation, 'AccountBlocked');
    expect(await waitUntil(async () => !(await isListed()), { limitMs: 30_000 })).toBe(true);
  });

  test('goes on to its end by "retry", once what stood in the way is mended', async () => {
    const rotation = await stuckBeforeThePivot();
    await unblock();

    await decide('retry', 'the user may sign in again');

    await expectRotated(rotation);
    const { rotation: ended } = await rotor.client.describe(application.name);
    expect(ended?.status?.decisions).toEqual([
      {
        question: 1,
        choice: 'retry',
        note: 'the user may sign in again',
        by: 'rotor-client',
        decidedAt: expect.any(String) as unknown,
      },
    ]);
  });

  test('goes back to its beginning by "rollBack", and fails with what stopped it first', async () => {
    const rotation = await stuckBeforeThePivot();
    await unblock();

    await decide('rollBack');

    await expectUndone(rotation, 'AccountBlocked');
  });

  test('asks again where the choice leads nowhere', async () => {
    await stuckBeforeThePivot();

    await decide('retry');
    await untilAsked(2);
    await decide('rollBack');
    const rotation = await untilAsked(3);
    await unblock();
    await decide('retry');

    await expectRotated(rotation);
  });

  test('ends as it stands by "abandon", and says so; the pending version keeps its label', async () => {
    const rotation = await stuckBeforeThePivot();

    await decide('abandon');

    await expect(rotor.client.outcome(rotation)).rejects.toMatchObject({ type: 'AccountBlocked' });
    const { rotation: ended, labels } = await rotor.client.describe(application.name);
    expect(ended).toMatchObject({ workflowStatus: 'COMPLETED', status: { state: 'abandoned' } });
    expect(labels).toMatchObject({
      [application.firstVersion]: ['AWSCURRENT'],
      [rotation.versionId]: ['AWSPENDING'],
    });
    await unblock();
    expect(await application.accepts(await application.password(rotation.versionId))).toBe(true);
  });

  test('waits through the end of its worker and is answered by the next', async () => {
    const rotation = await stuckBeforeThePivot();
    await worker.stop();
    await unblock();
    worker = await rotor.startWorker();

    await decide('retry');

    await expectRotated(rotation);
  });

  test('is not moved by a cancellation', async () => {
    const rotation = await stuckBeforeThePivot();
    await unblock();

    await rotor.owner(application.arn).cancel();
    const { rotation: described } = await rotor.client.describe(application.name);
    await decide('rollBack');

    expect(described?.status?.state).toBe(waiting);
    await expectUndone(rotation, 'AccountBlocked');
  });
});

describe('a rotation that was tested and cannot be finished', () => {
  test('is finished by "retry"', async () => {
    const { rotation, finish } = await stuckAfterThePivot();
    finish.mend();

    await decide('retry');

    await expectRotated(rotation);
  });

  test('is undone by "rollBack"', async () => {
    const { rotation } = await stuckAfterThePivot();

    await decide('rollBack');

    await expectUndone(rotation, 'StoreAccessDenied');
  });

  test('is left as it is by "abandon": the database accepts the pending password', async () => {
    const { rotation } = await stuckAfterThePivot();

    await decide('abandon');

    await expect(rotor.client.outcome(rotation)).rejects.toMatchObject({ type: 'StoreAccessDenied' });
    expect((await application.labels())[rotation.versionId]).toEqual(['AWSPENDING']);
    expect(await application.accepts(await application.password(rotation.versionId))).toBe(true);
  });
});

describe('a decision', () => {
  test('that is made twice is one decision', async () => {
    const rotation = await stuckBeforeThePivot();
    await unblock();

    const answers = await Promise.all([decide('retry'), decide('retry')]);

    expect(answers).toEqual([
      { question: 1, choice: 'retry' },
      { question: 1, choice: 'retry' },
    ]);
    await expectRotated(rotation);
    const { rotation: ended } = await rotor.client.describe(application.name);
    expect(ended?.status?.decisions).toHaveLength(1);
  });

  test('that is sent again once the next question is open is still the one about the first', async () => {
    const { runId = '' } = await stuckBeforeThePivot();
    const { name: secretId } = application;
    const first = await rotor.client.decide({ secretId, choice: 'retry' });
    const rotation = await untilAsked(2);

    const again = await rotor.client.decide({ secretId, choice: 'retry', question: 1 });
    const other = rotor.client.decide({ secretId, choice: 'abandon', question: 1 });
    const early = rotor.client.decide({ secretId, choice: 'abandon', question: 3 });

    expect([first, again]).toEqual(Array(2).fill({ question: 1, choice: 'retry' }));
    await expect(other).rejects.toMatchObject({
      name: 'DecisionRefused',
      message: expect.stringContaining('Question 1 was decided already: retry, by rotor-client.') as unknown,
    });
    await expect(early).rejects.toThrow('The question that is open is 2.');
    const { rotation: seen } = await rotor.client.describe(secretId);
    expect(seen?.status).toMatchObject({ state: waiting, question: { question: 2 }, decisions: [{ question: 1 }] });
    expect(await acceptedUpdates(runId)).toEqual([`decide-${runId}-1-retry`]);
    await unblock();
    await decide('rollBack');
    await expectUndone(rotation, 'AccountBlocked');
  });

  test('that is sent again after the rotation has ended is answered as before', async () => {
    const rotation = await stuckBeforeThePivot();
    const { name: secretId } = application;
    await unblock();
    await decide('rollBack');
    await expectUndone(rotation, 'AccountBlocked');

    const again = await rotor.client.decide({ secretId, choice: 'rollBack', question: 1 });

    expect(again).toEqual({ question: 1, choice: 'rollBack' });
    await expect(rotor.client.decide({ secretId, choice: 'retry', question: 1 })).rejects.toThrow(
      'Question 1 was decided already: rollBack',
    );
    await expect(decide('rollBack')).rejects.toThrow('No rotation is under way.');
  });

  test('that no worker answers says how to send it again; nothing is decided', async () => {
    const rotation = await stuckBeforeThePivot();
    const { name: secretId } = application;
    await worker.stop();

    const [unnumbered, numbered] = await Promise.allSettled([
      decide('retry'),
      rotor.client.decide({ secretId, choice: 'rollBack', question: 1 }),
    ]);

    expect(unnumbered).toMatchObject({
      reason: { name: 'WaitingForWorker', message: expect.stringContaining('Nothing was decided.') as unknown },
    });
    expect(numbered).toMatchObject({
      reason: {
        name: 'WaitingForWorker',
        message: expect.stringContaining(`\`rotor decide ${secretId} rollBack --question 1\``) as unknown,
      },
    });
    worker = await rotor.startWorker();
    await unblock();
    await rotor.client.decide({ secretId, choice: 'rollBack', question: 1 });
    await expectUndone(rotation, 'AccountBlocked');
    const { rotation: ended } = await rotor.client.describe(secretId);
    expect(ended?.status?.decisions).toHaveLength(1);
  });

  test('that contradicts the one made is refused', async () => {
    const hold = new Hold({ step: 'finishSecret', moment: 'before' });
    await stuckBeforeThePivot();
    await worker.stop();
    worker = await rotor.startWorker({ wrap: (activities) => hold.wrap(activities) });
    await unblock();
    await decide('retry');
    await hold.reached;

    await expect(decide('rollBack')).rejects.toMatchObject({ name: 'DecisionRefused' });

    hold.release();
    await expectRotated(await untilEnded());
  });

  test('that no rotation waits for is refused', async () => {
    const hold = new Hold({ step: 'setSecret', moment: 'before' });
    worker = await rotor.startWorker({ wrap: (activities) => hold.wrap(activities) });
    await expect(decide('retry')).rejects.toMatchObject({ name: 'DecisionRefused' });
    await rotor.client.rotateSecret({ secretId: application.name });
    await hold.reached;

    await expect(decide('abandon')).rejects.toMatchObject({ name: 'DecisionRefused' });

    hold.release();
    await expectRotated(await untilEnded());
  });

  test('that is none of the choices is refused, whoever sends it', async () => {
    const rotation = await stuckBeforeThePivot();
    await unblock();

    const sent = rotor.owner(application.arn).executeUpdate('decide', { args: [{ choice: 'forget it' }] });

    await expect(sent).rejects.toThrow();
    await decide('rollBack');
    await expectUndone(rotation, 'AccountBlocked');
  });
});

/** The ids of the updates that a run accepted, in their order. */
async function acceptedUpdates(runId: string): Promise<string[]> {
  const { events } = await rotor.owner(application.arn, runId).fetchHistory();
  return (events ?? []).flatMap(({ workflowExecutionUpdateAcceptedEventAttributes: accepted }) => {
    const { name } = accepted?.acceptedRequest?.input ?? {};
    return name === 'decide' ? [accepted?.acceptedRequest?.meta?.updateId ?? ''] : [];
  });
}

/** The newest rotation of the application, which ends soon. */
async function untilEnded(): Promise<RotationHandle> {
  const { name, arn } = application;
  const { rotation } = await rotor.client.describe(name);
  return { arn, name, versionId: rotation?.status?.clientRequestToken ?? '', runId: rotation?.runId ?? '' };
}
