import { readdir, readFile, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { Worker } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { eventSinks } from '../../worker/event-sinks';
import { closedWindow, fireLate, startedTick } from '../support/closed-window';
import { PathRecorder, textOf } from '../support/recorded-paths';
import { RotorUnderTest } from '../support/rotor-under-test';

/**
 * The histories that workers must still be able to go on with: one for each way in which a rotation ends. To record those
 * that are missing: `ROTOR_RECORD_HISTORIES=1 npx jest replay`. One that is there is only recorded anew, once its file is
 * removed, for a change that no running rotation can meet.
 */
const recordings = path.join(__dirname, '../histories');

/** Ways that this build does not go any more, and has to go on with where an earlier one began them. */
const ofEarlierBuilds = [
  'armedByAStep',
  'unarmedByAStep',
  'cancelledUnarmed',
  'retriedUncancellably',
  'secretGoneAsUndone',
  'unopenedUnarmed',
  'reconcileCancelledUnasked',
];

let rotor: RotorUnderTest;
/** One history of each kind, as Rotor writes it now. */
let fresh: Record<string, string>;

beforeAll(async () => {
  rotor = await RotorUnderTest.start();
  fresh = { ...(await new PathRecorder(rotor).record()), missed: await missedHistory() };
  if (process.env.ROTOR_RECORD_HISTORIES !== undefined) await store();
}, 400_000);

afterAll(() => rotor.close());

async function replay(text: string): Promise<void> {
  const { workflowBundle: codePath } = rotor.servers.program;
  await Worker.runReplayHistory({ workflowBundle: { codePath }, sinks: eventSinks() }, JSON.parse(text) as object);
}

/** Stores what is not stored yet. */
async function store(): Promise<void> {
  const there = await recordedNames();
  for (const [name, text] of Object.entries(fresh)) {
    if (!there.includes(name)) await writeFile(path.join(recordings, `${name}.json`), `${text}\n`);
  }
}

async function recordedNames(): Promise<string[]> {
  const files = await readdir(recordings);
  return files.filter((name) => name.endsWith('.json')).map((name) => path.basename(name, '.json'));
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

test('every recorded history replays', async () => {
  const names = await recordedNames();

  expect(names.sort()).toEqual([...Object.keys(fresh), ...ofEarlierBuilds].sort());
  for (const name of names) await replay(await readFile(path.join(recordings, `${name}.json`), 'utf8'));
});

test('histories as they are written now replay, and end as they are named', async () => {
  const ends = Object.entries(fresh).map(([name, text]) => [name, lastEvent(text)]);
  expect(Object.fromEntries(ends)).toEqual({
    tick: 'EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED',
    rotated: 'EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED',
    undone: 'EVENT_TYPE_WORKFLOW_EXECUTION_FAILED',
    renewed: 'EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED',
    cancelled: 'EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED',
    abandoned: 'EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED',
    unsearchable: 'EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED',
    unarmed: 'EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED',
    signalled: 'EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED',
    coalesced: 'EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED',
    tested: 'EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED',
    failed: 'EVENT_TYPE_WORKFLOW_EXECUTION_FAILED',
    retried: 'EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED',
    rolledBack: 'EVENT_TYPE_WORKFLOW_EXECUTION_FAILED',
    leftAsItIs: 'EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED',
    askedAgain: 'EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED',
    takenOver: 'EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED',
    discarded: 'EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED',
    reconciled: 'EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED',
    told: 'EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED',
    published: 'EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED',
    gaveUp: 'EVENT_TYPE_WORKFLOW_EXECUTION_FAILED',
    retriedBeforeThePivot: 'EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED',
    retriedAndCancelled: 'EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED',
    askedTwice: 'EVENT_TYPE_WORKFLOW_EXECUTION_FAILED',
    restoredTwice: 'EVENT_TYPE_WORKFLOW_EXECUTION_FAILED',
    neverAccepted: 'EVENT_TYPE_WORKFLOW_EXECUTION_FAILED',
    secretGone: 'EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED',
    unopened: 'EVENT_TYPE_WORKFLOW_EXECUTION_FAILED',
    unopenedAndCancelled: 'EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED',
    reconcileCancelled: 'EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED',
    missed: 'EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED',
  });
  for (const text of Object.values(fresh)) await replay(text);
});

test("no history tells of the worker's machine", () => {
  const histories = Object.values(fresh).join();

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
