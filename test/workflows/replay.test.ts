import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { type WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import { Worker } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { type Activities } from '../../activities';
import { eventSinks } from '../../worker/event-sinks';
import { closedWindow, fireLate, startedTick } from '../support/closed-window';
import { Hold } from '../support/hold';
import { type RotatedApplication } from '../support/rotated-application';
import { RotorUnderTest } from '../support/rotor-under-test';

/**
 * The histories that workers must still be able to go on with: one for each way in which a rotation ends. To record them
 * anew, which only a change that no running rotation can meet allows: `ROTOR_RECORD_HISTORIES=1 npx jest replay`.
 */
const recordings = path.join(__dirname, '../histories');

let rotor: RotorUnderTest;

beforeAll(async () => {
  rotor = await RotorUnderTest.start();
  if (process.env.ROTOR_RECORD_HISTORIES !== undefined) await record();
});

afterAll(() => rotor.close());

async function replay(text: string): Promise<void> {
  const { workflowBundle: codePath } = rotor.servers.program;
  await Worker.runReplayHistory({ workflowBundle: { codePath }, sinks: eventSinks() }, JSON.parse(text) as object);
}

async function record(): Promise<void> {
  await mkdir(recordings, { recursive: true });
  for (const [name, text] of Object.entries(await freshHistories())) {
    await writeFile(path.join(recordings, `${name}.json`), `${text}\n`);
  }
}

/** One history of each kind, as Rotor writes it now. */
async function freshHistories(): Promise<Record<string, string>> {
  return {
    tick: await historyOf(startTick),
    rotated: await historyOf(request),
    undone: await historyOf(request, async (application, hold) => {
      await application.put(JSON.stringify({ ...(await application.value()), comment: 'edited by hand' }));
      hold.release();
    }),
    cancelled: await historyOf(request, ({ arn }) => rotor.owner(arn).cancel()),
    signalled: await historyOf(signal),
    coalesced: await historyOf(coalescedTick),
    missed: await missedHistory(),
    unsearchable: await historyOf(request, release, unsearchable),
    unarmed: await historyOf(request, release, unarmed),
    tested: await shortHistory({ rotateImmediately: false }),
    failed: await shortHistory({ password: 'changed-by-somebody' }),
  };
}

const unsearchable: Wrap = (activities) => ({
  ...activities,
  openRotation: async (input) => ({ ...(await activities.openRotation(input)), searchable: false }),
});

const unarmed: Wrap = (activities) => ({
  ...activities,
  armNextRotation: () => {
    const failure = ApplicationFailure.nonRetryable('lost', 'ScheduleUnavailable');
    failure.stack = failure.message; // as the failure boundary leaves it
    throw failure;
  },
});

type Wrap = (activities: Activities) => Activities;

function release(_: RotatedApplication, hold: Hold): void {
  hold.release();
}

/** The history of an owner that never comes to testSecret. */
async function shortHistory({
  password,
  rotateImmediately = true,
}: {
  password?: string;
  rotateImmediately?: boolean;
}): Promise<string> {
  const worker = await rotor.startWorker();
  const application = await rotor.createApplication();
  if (password !== undefined) await application.setPassword(password);
  const rotation = await rotor.client.rotateSecret({ secretId: application.name, rotateImmediately });
  await rotor.client.outcome(rotation).catch(() => undefined);
  await worker.stop();
  return textOf(rotor.owner(application.arn));
}

/** The history of a tick that comes after its window has closed. */
async function missedHistory(): Promise<string> {
  const worker = await rotor.startWorker();
  const { name, arn } = await rotor.createApplication();
  const { rules, instant } = closedWindow();
  await rotor.client.configure({ secretId: name, rotationRules: rules });
  await fireLate(rotor.schedule(arn), instant);
  const tick = await startedTick(rotor.temporal, { arn, instant });
  await tick.result();
  await worker.stop();
  return textOf(tick);
}

async function textOf(handle: WorkflowHandle): Promise<string> {
  return JSON.stringify(JSON.parse(historyToJSON(await handle.fetchHistory())), null, 2);
}

/** The history of a workflow that is begun, held before testSecret until something happens there, and ends. */
async function historyOf(
  begin: (application: RotatedApplication) => Promise<WorkflowHandle>,
  meet: (application: RotatedApplication, hold: Hold) => unknown = release,
  wrap: Wrap = (activities) => activities,
): Promise<string> {
  const hold = new Hold({ step: 'testSecret', moment: 'before' });
  const worker = await rotor.startWorker({ wrap: (activities) => hold.wrap(wrap(activities)) });
  const application = await rotor.createApplication();
  const handle = await begin(application);
  await hold.reached;
  await meet(application, hold);
  await handle.result().catch(() => undefined);
  await worker.stop();
  await rotor.untilRotated(application.arn, { runs: 1 });
  return textOf(handle);
}

async function signal({ arn }: RotatedApplication): Promise<WorkflowHandle> {
  return rotor.owner(arn, await rotor.signal(arn));
}

/** A tick that finds a rotation open. */
async function coalescedTick(application: RotatedApplication): Promise<WorkflowHandle> {
  await request(application);
  return startTick(application);
}

async function request({ name, arn }: RotatedApplication): Promise<WorkflowHandle> {
  const rotationRules = { automaticallyAfterDays: 30 };
  const { runId } = await rotor.client.rotateSecret({ secretId: name, rotationRules });
  return rotor.owner(arn, runId);
}

function startTick({ arn }: RotatedApplication): Promise<WorkflowHandle> {
  return rotor.temporal.workflow.start('scheduledRotation', {
    workflowId: `scheduled-rotation:${arn}`,
    taskQueue: rotor.taskQueue,
    args: [{ secretId: arn, configuration: {}, rotationRules: { automaticallyAfterDays: 30 } }],
  });
}

test('every recorded history replays', async () => {
  const files = (await readdir(recordings)).filter((name) => name.endsWith('.json'));

  expect(files.length).toBeGreaterThanOrEqual(11);
  for (const file of files) await replay(await readFile(path.join(recordings, file), 'utf8'));
});

test('histories as they are written now replay, and end as they are named', async () => {
  const histories = await freshHistories();

  const ends = Object.entries(histories).map(([name, text]) => [name, lastEvent(text)]);
  expect(Object.fromEntries(ends)).toEqual({
    tick: 'EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED',
    rotated: 'EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED',
    undone: 'EVENT_TYPE_WORKFLOW_EXECUTION_FAILED',
    cancelled: 'EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED',
    signalled: 'EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED',
    coalesced: 'EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED',
    missed: 'EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED',
    unsearchable: 'EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED',
    unarmed: 'EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED',
    tested: 'EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED',
    failed: 'EVENT_TYPE_WORKFLOW_EXECUTION_FAILED',
  });
  for (const text of Object.values(histories)) await replay(text);
});

test("no history tells of the worker's machine", async () => {
  const histories = Object.values(await freshHistories()).join();

  expect(histories).toContain('stackTrace');
  expect(histories).not.toContain(path.join(__dirname, '../..'));
  expect(histories).not.toContain(`@${hostname()}"`);
});

test('a history in which the steps come in another order does not replay', async () => {
  const text = await readFile(path.join(recordings, 'rotated.json'), 'utf8');
  const reordered = text.replaceAll('"setSecret"', '"other"').replaceAll('"testSecret"', '"setSecret"');

  await expect(replay(reordered.replaceAll('"other"', '"testSecret"'))).rejects.toThrow(DeterminismViolationError);
});

function lastEvent(text: string): string | undefined {
  const { events } = JSON.parse(text) as { events: { eventType: string }[] };
  return events.at(-1)?.eventType;
}
