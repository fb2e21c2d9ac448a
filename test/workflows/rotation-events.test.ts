import { randomUUID } from 'node:crypto';
import { Context } from '@temporalio/activity';
import { type WorkflowHandle } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import { EventLog } from '../../adapters/event-log';
import { WebhookEvents } from '../../adapters/webhook';
import { type RotationHandle } from '../../client';
import { waitUntil } from '../../local/supervisor';
import { StoreUnavailableError } from '../../rotation/errors';
import { type RotationEvent } from '../../rotation/rotation-event';
import { Sensitive } from '../../rotation/sensitive';
import { type Publishers } from '../../worker/event-publishers';
import { rotationEventsId } from '../../workflows/names';
import { type PublishedEvents, type publishRotationEvents } from '../../workflows/publish-rotation-events';
import { Hold } from '../support/hold';
import { HttpReceiver, type ReceiverAnswer } from '../support/http-receiver';
import { Interference } from '../support/interference';
import { findLeaks } from '../support/leak-scanner';
import { type RotatedApplication } from '../support/rotated-application';
import { RotorUnderTest, type RunningWorker, type WorkerChanges } from '../support/rotor-under-test';

let rotor: RotorUnderTest;
let receiver: HttpReceiver;
let worker: RunningWorker;
const log = { text: '' };
const eventLog = new EventLog((line) => (log.text += line));

beforeAll(async () => {
  rotor = await RotorUnderTest.start();
});

beforeEach(async () => {
  log.text = '';
  receiver = await HttpReceiver.start();
});

afterEach(async () => {
  await worker.stop();
  await receiver.close();
});

afterAll(() => rotor.close());

/** A publisher that posts to a receiver, and waits for an answer for half a second. */
function postsTo({ url }: HttpReceiver): Publishers[string] {
  const keys = [new Sensitive('k'.repeat(32))];
  return (signal) => new WebhookEvents({ url: new URL(url), keys, signal, limitMs: 500 });
}

async function startWorker(changes: WorkerChanges = {}): Promise<void> {
  worker = await rotor.startWorker({ eventLog, publishers: { webhook: postsTo(receiver) }, ...changes });
}

function logged(): RotationEvent[] {
  return log.text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as RotationEvent);
}

/** The workflow that publishes a rotation's events. */
function publication({ runId = '' }: { runId?: string }): WorkflowHandle<typeof publishRotationEvents> {
  return rotor.temporal.workflow.getHandle<typeof publishRotationEvents>(rotationEventsId(runId));
}

/** What became of a rotation's events, once that is settled. */
function published(rotation: { runId?: string }): Promise<PublishedEvents> {
  return publication(rotation).result();
}

/** Begins a rotation and does something while it stands before testSecret. */
async function meet(
  application: RotatedApplication,
  by: (rotation: RotationHandle) => Promise<unknown>,
): Promise<RotationHandle> {
  const { rotation, hold } = await begin(application);
  await by(rotation);
  hold.release();
  return rotation;
}

/** Begins a rotation and cancels it before testSecret; it ends cancelled. */
async function cancelled(application: RotatedApplication): Promise<RotationHandle> {
  const { rotation } = await begin(application);
  await rotor.owner(application.arn).cancel();
  await expect(rotor.client.outcome(rotation)).rejects.toMatchObject({ type: 'Cancelled' });
  return rotation;
}

async function begin(application: RotatedApplication): Promise<{ rotation: RotationHandle; hold: Hold }> {
  const hold = new Hold({ step: 'testSecret', moment: 'before' });
  await startWorker({ wrap: (activities) => hold.wrap(activities) });
  const rotation = await rotor.client.rotateSecret({ secretId: application.name });
  await hold.reached;
  return { rotation, hold };
}

const standsStill = (): Promise<never> => Context.current().cancelled;

/** A workflow's history as text. */
async function historyOf(handle: WorkflowHandle): Promise<string> {
  return historyToJSON(await handle.fetchHistory());
}

function summary({ name, sequence, step, outcome, reason }: RotationEvent): unknown[] {
  return [sequence, name, step, outcome, ...(reason ? [reason.type] : [])];
}

describe('what is told', () => {
  test('a rotation that succeeds tells its beginning and its end, to the log and to the receiver alike', async () => {
    await startWorker();
    const application = await rotor.createApplication();

    const rotation = await rotor.rotate(application);

    expect(await published(rotation)).toEqual({ events: 2, lost: [] });
    const [started, succeeded] = receiver.bodies<RotationEvent>();
    const { startedAt = '', occurredAt = '', ...facts } = started ?? {};
    expect(facts).toEqual({
      id: `${rotation.runId}/1`,
      name: 'RotationStarted',
      sequence: 1,
      secretId: application.arn,
      clientRequestToken: rotation.versionId,
      trigger: 'request',
      step: 'openRotation',
      outcome: 'open',
    });
    expect(succeeded).toEqual({
      ...facts,
      id: `${rotation.runId}/2`,
      name: 'RotationSucceeded',
      sequence: 2,
      step: 'finishSecret',
      outcome: 'rotated',
      startedAt,
      occurredAt: succeeded?.occurredAt,
    });
    const times = [startedAt, occurredAt, succeeded?.occurredAt ?? ''].map((time) => Date.parse(time));
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(logged()).toEqual(receiver.bodies());
  });

  test('a rotation that gives way tells why, and that it was undone', async () => {
    const application = await rotor.createApplication();

    const rotation = await meet(application, async () =>
      application.put(JSON.stringify({ ...(await application.value()), comment: 'by hand' })),
    );
    await expect(rotor.client.outcome(rotation)).rejects.toMatchObject({ type: 'RotationSuperseded' });

    await published(rotation);
    expect(receiver.bodies<RotationEvent>().map(summary)).toEqual([
      [1, 'RotationStarted', 'openRotation', 'open'],
      [2, 'Undone', 'testSecret', 'open', 'RotationSuperseded'],
      [3, 'RotationAbandoned', 'testSecret', 'abandoned', 'RotationSuperseded'],
    ]);
    expect(receiver.bodies<RotationEvent>()[2]?.reason?.message).toContain('AWSCURRENT');
    expect(logged()).toEqual(receiver.bodies());
  });

  test('a rotation that is cancelled is undone, and has failed', async () => {
    const application = await rotor.createApplication();

    const rotation = await cancelled(application);

    expect(await published(rotation)).toEqual({ events: 3, lost: [] });
    expect(receiver.bodies<RotationEvent>().map(summary)).toEqual([
      [1, 'RotationStarted', 'openRotation', 'open'],
      [2, 'Undone', 'testSecret', 'open', 'Cancelled'],
      [3, 'RotationFailed', 'testSecret', 'cancelled', 'Cancelled'],
    ]);
  });

  test.each([
    ['an attempt to find its secret stands still', standsStill],
    ['attempts to find its secret fail', () => Promise.reject(new StoreUnavailableError('Out of order.'))],
  ])('a rotation that is cancelled while %s tells nothing, to the log and to the receiver alike', async (_how, act) => {
    const { arn: secretId } = await rotor.createApplication();
    const interference = new Interference();
    interference.plan({ secretId, step: 'openRotation', act, times: Infinity });
    await startWorker({ wrap: (activities) => interference.wrap(activities) });

    const rotation = await rotor.client.rotateSecret({ secretId });
    await waitUntil(() => Promise.resolve(interference.attempts(secretId, 'openRotation') > 0), { limitMs: 30_000 });
    await rotor.owner(secretId).cancel();
    await expect(rotor.client.outcome(rotation)).rejects.toMatchObject({ type: 'Cancelled' });

    expect(await historyOf(rotor.owner(secretId))).not.toContain('CHILD_WORKFLOW');
    expect(receiver.posts).toEqual([]);
    expect(logged()).toEqual([]);
  });

  test.each([
    ['works', undefined, ['TestRotationSucceeded', 'tested']],
    ['is refused', 'changed-by-hand', ['TestRotationFailed', 'failed', 'SignInRefused']],
  ])('a test of a credential that %s is called one', async (_how, password, [name, outcome, ...reason]) => {
    await startWorker();
    const application = await rotor.createApplication();
    if (password !== undefined) await application.setPassword(password);

    const rotation = await rotor.client.rotateSecret({ secretId: application.name, rotateImmediately: false });
    await rotor.client.outcome(rotation).catch(() => undefined);

    await published(rotation);
    expect(receiver.bodies<RotationEvent>().map(summary)).toEqual([
      [1, 'TestRotationStarted', 'openRotation', 'open'],
      [2, name, 'testCurrent', outcome, ...reason],
    ]);
  });

  test('a secret that is gone fails its rotation, and the receiver hears of it', async () => {
    await startWorker();
    const arn = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:gone-a1B2c3';

    const runId = await rotor.signal(arn);
    await expect(rotor.owner(arn, runId).result()).rejects.toThrow();

    await published({ runId });
    expect(receiver.bodies<RotationEvent>().map(summary)).toEqual([
      [1, 'RotationFailed', 'openRotation', 'failed', 'SecretNotFound'],
    ]);
    expect(receiver.bodies<RotationEvent>()[0]).toMatchObject({ secretId: arn, trigger: 'signal' });
  });

  test('no event holds a password, in whatever form', async () => {
    const application = await rotor.createApplication();
    const rotation = await cancelled(application);
    await published(rotation);
    const pending = await application.password(rotation.versionId);
    await worker.stop();
    await startWorker();
    await published(await rotor.rotate(application));

    const canaries = [application.firstPassword, pending, await application.password()];
    const told = JSON.stringify(receiver.posts) + log.text;
    expect(receiver.posts).toHaveLength(5);
    expect(new Set(canaries).size).toBe(3);
    expect(
      findLeaks(
        told,
        canaries.map((value, index) => ({ name: `password ${index}`, value })),
      ),
    ).toEqual([]);
  });
});

describe('a receiver that', () => {
  test.each<ReceiverAnswer>([
    'silence',
    'close',
    'noise',
    { status: 500 },
    { status: 403 },
    { status: 404 },
    { status: 302, headers: { location: '/' } },
  ])('answers %p delays no rotation, and gets all in order once it is well', async (bad) => {
    const health = { isWell: false };
    receiver.answer = () => (health.isWell ? { status: 200 } : bad);
    await startWorker();
    const application = await rotor.createApplication();

    const rotation = await rotor.rotate(application);
    const { status } = await publication(rotation).describe();
    await receiver.untilReceived(2);
    health.isWell = true;

    expect(await application.accepts(await application.password())).toBe(true);
    expect(status.name).toBe('RUNNING');
    expect(await published(rotation)).toEqual({ events: 2, lost: [] });
    const names = receiver.bodies<RotationEvent>().map(({ name }) => name);
    expect(names.slice(0, -1)).toEqual(Array.from({ length: names.length - 1 }, () => 'RotationStarted'));
    expect(names.at(-1)).toBe('RotationSucceeded');
  });

  test('refuses an event for good loses that one, and gets the next', async () => {
    receiver.answer = (_post, index) => ({ status: index === 0 ? 410 : 200 });
    await startWorker();

    const rotation = await rotor.rotate(await rotor.createApplication());

    expect(await published(rotation)).toEqual({
      events: 2,
      lost: [{ publisher: 'webhook', event: `${rotation.runId}/1`, type: 'EventRefused' }],
    });
    expect(receiver.bodies<RotationEvent>().map(({ name }) => name)).toEqual(['RotationStarted', 'RotationSucceeded']);
    expect(logged()).toHaveLength(2);
  });

  test('asks to be left alone is, for that time', async () => {
    const times: number[] = [];
    receiver.answer = () =>
      times.push(Date.now()) === 1 ? { status: 503, headers: { 'retry-after': '3' } } : { status: 200 };
    await startWorker();

    await published(await rotor.rotate(await rotor.createApplication()));

    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(2_900);
  });

  test('hangs keeps no other receiver waiting', async () => {
    const other = await HttpReceiver.start();
    receiver.answer = () => 'silence';
    await startWorker({ publishers: { webhook: postsTo(receiver), other: postsTo(other) } });

    const rotation = await rotor.rotate(await rotor.createApplication());

    expect(await other.untilReceived(2)).toBe(true);
    expect(other.bodies<RotationEvent>().map(({ name }) => name)).toEqual(['RotationStarted', 'RotationSucceeded']);
    expect(receiver.bodies<RotationEvent>().map(({ name }) => name)).not.toContain('RotationSucceeded');
    await publication(rotation).terminate();
    await other.close();
  });

  test('hangs takes no place from steps: other workers tell it', async () => {
    receiver.answer = () => 'silence';
    await startWorker();
    const application = await rotor.createApplication();

    const rotation = await rotor.rotate(application);

    expect(await receiver.untilReceived(1)).toBe(true);
    const queue = `"${rotor.taskQueue}-events-webhook"`;
    expect(await historyOf(publication(rotation))).toContain(queue);
    expect(await historyOf(rotor.owner(application.arn))).not.toContain(queue);
    await publication(rotation).terminate();
  });
});

describe('the owner', () => {
  test('starts nothing, and signals nobody, where there is only the log', async () => {
    await startWorker({ publishers: {} });
    const application = await rotor.createApplication();

    await rotor.rotate(application);

    expect(await historyOf(rotor.owner(application.arn))).not.toMatch(/CHILD_WORKFLOW|SIGNAL_EXTERNAL/);
    expect(logged().map(({ name }) => name)).toEqual(['RotationStarted', 'RotationSucceeded']);
  });

  test('goes on when somebody ends the workflow that publishes, and starts another for what is left', async () => {
    const application = await rotor.createApplication();

    const rotation = await meet(application, async (begun) => {
      await receiver.untilReceived(1);
      await publication(begun).terminate();
    });
    await rotor.client.outcome(rotation);

    expect(await published(rotation)).toEqual({ events: 1, lost: [] });
    expect(receiver.bodies<RotationEvent>().map(({ name }) => name)).toEqual(['RotationStarted', 'RotationSucceeded']);
  });

  test('that is reset tells what happens from there on, with ids of its own', async () => {
    await startWorker();
    const application = await rotor.createApplication();
    const rotation = await rotor.rotate(application);
    await published(rotation);

    const runId = await resetTo('finishSecret', rotor.owner(application.arn, rotation.runId));
    await rotor.owner(application.arn, runId).result();

    expect(await receiver.untilReceived(3)).toBe(true);
    const told = receiver.bodies<RotationEvent>().map(({ id, name }) => `${id} ${name}`);
    expect(told).toEqual([
      `${rotation.versionId}/1 RotationStarted`,
      `${rotation.versionId}/2 RotationSucceeded`,
      `${runId}/2 RotationSucceeded`,
    ]);
  });
});

/** Resets a workflow to before it asked for an activity; returns the new run's id. */
async function resetTo(step: string, owner: WorkflowHandle): Promise<string> {
  const { events } = await owner.fetchHistory();
  const asked = events?.find(({ activityTaskScheduledEventAttributes: asking }) => asking?.activityType?.name === step);
  const answer = (await rotor.temporal.workflowService.resetWorkflowExecution({
    namespace: rotor.servers.temporal.namespace,
    workflowExecution: { workflowId: owner.workflowId },
    reason: 'a test',
    requestId: randomUUID(),
    workflowTaskFinishEventId: asked?.activityTaskScheduledEventAttributes?.workflowTaskCompletedEventId ?? null,
  })) as { runId: string };
  return answer.runId;
}
