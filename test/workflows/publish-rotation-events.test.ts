import { randomUUID } from 'node:crypto';
import { type WorkflowHandle } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import { Worker } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { WebhookEvents } from '../../adapters/webhook';
import { waitUntil } from '../../local/supervisor';
import { type RotationEvent, type RotationEventName } from '../../rotation/rotation-event';
import { Sensitive } from '../../rotation/sensitive';
import { eventSinks } from '../../worker/event-sinks';
import { HttpReceiver } from '../support/http-receiver';
import { rotationEvent } from '../support/rotation-event';
import { RotorUnderTest } from '../support/rotor-under-test';

interface HistoryEvent extends Record<string, unknown> {
  readonly eventId: string;
  readonly eventType: string;
}

let rotor: RotorUnderTest;
let receiver: HttpReceiver;

beforeAll(async () => {
  rotor = await RotorUnderTest.start();
  receiver = await HttpReceiver.start();
  const keys = [new Sensitive('k'.repeat(32))];
  const url = new URL(receiver.url);
  await rotor.startWorker({
    publishers: { webhook: (signal) => new WebhookEvents({ url, keys, signal, limitMs: 500 }) },
  });
});

beforeEach(() => {
  receiver.posts.length = 0;
  receiver.answer = () => ({ status: 200 });
});

afterAll(async () => {
  await rotor.close();
  await receiver.close();
});

function start(event: RotationEvent): Promise<WorkflowHandle> {
  return rotor.temporal.workflow.start('publishRotationEvents', {
    workflowId: `rotation-events:${randomUUID()}`,
    taskQueue: rotor.taskQueue,
    args: [{ publishers: ['webhook'], event }],
  });
}

function names(): RotationEventName[] {
  return receiver.bodies<RotationEvent>().map(({ name }) => name);
}

async function historyOf(handle: WorkflowHandle): Promise<HistoryEvent[]> {
  const history = JSON.parse(historyToJSON(await handle.fetchHistory())) as { events: HistoryEvent[] };
  return history.events;
}

/** Waits until a workflow has told all that it knows, and waits for more; its history then. */
async function untilSilent(handle: WorkflowHandle): Promise<HistoryEvent[]> {
  let events: HistoryEvent[] = [];
  const isSilent = async (): Promise<boolean> => {
    events = await historyOf(handle);
    return events.at(-1)?.eventType === 'EVENT_TYPE_TIMER_STARTED';
  };
  expect(await waitUntil(isSilent, { limitMs: 30_000, everyMs: 100 })).toBe(true);
  return events;
}

test('every kind of event is told, in order, until the one that ends the rotation', async () => {
  const open: RotationEventName[] = ['PasswordRejected', 'PasswordRejected', 'DecisionNeeded', 'Undone'];
  receiver.answer = (_post, index) => ({ status: index % 2 === 0 ? 503 : 200 });
  const handle = await start(rotationEvent());

  for (const name of open) await handle.signal('tellEvent', rotationEvent({ name }));
  await handle.signal('tellEvent', rotationEvent({ name: 'RotationAbandoned', outcome: 'abandoned' }));

  expect(await handle.result()).toEqual({ events: 6, lost: [] });
  const taken = names().filter((_name, index) => index % 2 === 1);
  expect(taken).toEqual(['RotationStarted', ...open, 'RotationAbandoned']);
});

test('a rotation that waits for a person is waited for, and its next event told at once', async () => {
  const handle = await start(rotationEvent({ name: 'DecisionNeeded' }));
  await untilSilent(handle);

  await handle.signal('tellEvent', rotationEvent({ name: 'RotationSucceeded', outcome: 'rotated' }));

  expect(await handle.result()).toEqual({ events: 2, lost: [] });
  expect(names()).toEqual(['DecisionNeeded', 'RotationSucceeded']);
});

test('an hour after the last event of a rotation that tells no end, nothing waits any more', async () => {
  const handle = await start(rotationEvent());
  const events = await untilSilent(handle);
  await handle.terminate();
  const timer = events.at(-1) as { startedEventId?: string } & HistoryEvent;
  expect(timer.timerStartedEventAttributes).toMatchObject({ startToFireTimeout: '3600s' });

  const ended = [...events, ...hourLater(timer)];

  await expect(replay(ended)).resolves.toBeUndefined();
  await expect(replay(ended.map(notTheEnd))).rejects.toThrow(DeterminismViolationError);
});

test('an event is tried for seven days, with at most five minutes between', async () => {
  const handle = await start(rotationEvent({ outcome: 'rotated' }));
  await handle.result();

  const asked = (await historyOf(handle)).find(({ eventType }) => eventType === 'EVENT_TYPE_ACTIVITY_TASK_SCHEDULED');
  expect(asked?.activityTaskScheduledEventAttributes).toMatchObject({
    scheduleToCloseTimeout: '604800s',
    retryPolicy: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '300s' },
  });
});

test('what is still to be told can be called off', async () => {
  receiver.answer = () => 'silence';
  const handle = await start(rotationEvent());
  await receiver.untilReceived(1);

  await handle.cancel();

  await expect(handle.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
});

/** What the server adds to a history when the timer fires and nothing has come. */
function hourLater(timer: HistoryEvent): HistoryEvent[] {
  const next = (offset: number): string => String(Number(timer.eventId) + offset);
  const eventTime = new Date(Date.now() + 3_600_000).toISOString();
  const { timerId } = timer.timerStartedEventAttributes as { timerId: string };
  const events: [string, string, object][] = [
    ['TIMER_FIRED', 'timerFired', { timerId, startedEventId: timer.eventId }],
    ['WORKFLOW_TASK_SCHEDULED', 'workflowTaskScheduled', { taskQueue: { name: 'any' } }],
    ['WORKFLOW_TASK_STARTED', 'workflowTaskStarted', { scheduledEventId: next(2) }],
    ['WORKFLOW_TASK_COMPLETED', 'workflowTaskCompleted', { scheduledEventId: next(2), startedEventId: next(3) }],
    ['WORKFLOW_EXECUTION_COMPLETED', 'workflowExecutionCompleted', { workflowTaskCompletedEventId: next(4) }],
  ];
  return events.map(([type, attributes, content], index) => ({
    eventId: next(index + 1),
    eventTime,
    eventType: `EVENT_TYPE_${type}`,
    [`${attributes}EventAttributes`]: content,
  }));
}

/** The same history, but that the workflow waits on where it ends. */
function notTheEnd(event: HistoryEvent): HistoryEvent {
  if (event.eventType !== 'EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED') return event;
  const { eventId, eventTime, workflowExecutionCompletedEventAttributes: attributes } = event;
  return {
    eventId,
    eventTime,
    eventType: 'EVENT_TYPE_TIMER_STARTED',
    timerStartedEventAttributes: { ...(attributes as object), timerId: '2', startToFireTimeout: '3600s' },
  };
}

async function replay(events: HistoryEvent[]): Promise<void> {
  const { workflowBundle: codePath } = rotor.servers.program;
  await Worker.runReplayHistory({ workflowBundle: { codePath }, sinks: eventSinks() }, { events });
}
