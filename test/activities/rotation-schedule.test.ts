import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { readSchedule, rearm, type ScheduleRevision } from '../../activities/rotation-schedule';
import { ScheduleUnavailableError } from '../../rotation/errors';
import { rotationId } from '../../rotation/rotation-id';
import { type ArmedInterval } from '../../rotation/schedule/interval';
import { sharedServers } from '../support/shared-servers';

const dayMs = 86_400_000;

let connection: Connection;
let temporal: Client;

beforeAll(async () => {
  connection = await Connection.connect({ address: sharedServers().temporal.address });
  temporal = new Client({ connection });
});

afterAll(() => connection.close());

/** An interval that begins so many days from now, in a full second. */
function inDays(days: number): ArmedInterval {
  const startMs = Math.floor(Date.now() / 1_000) * 1_000 + days * dayMs;
  return { everyMs: 30 * dayMs, offsetMs: startMs % (30 * dayMs), startAt: new Date(startMs) };
}

/** A Schedule as the client makes it, for a secret that does not exist. */
async function createSchedule(): Promise<string> {
  const arn = `arn:test:${randomUUID()}`;
  const plan = { secretId: arn, configuration: {}, rotationRules: { automaticallyAfterDays: 30 } };
  await temporal.schedule.create({
    scheduleId: rotationId(arn),
    spec: { intervals: [{ every: '30 days' }] },
    action: {
      type: 'startWorkflow',
      workflowType: 'scheduledRotation',
      taskQueue: 'nobody',
      args: [plan],
      retry: { maximumAttempts: 3 },
      memo: { team: 'payments' },
    },
    state: { note: 'made by hand' },
  });
  return arn;
}

/** Arms a Schedule as it is now. */
async function arm(arn: string, arming: ArmedInterval): Promise<void> {
  await rearm(temporal, arn, { revision: await revisionOf(arn), arming });
}

async function revisionOf(arn: string): Promise<ScheduleRevision> {
  const { revision } = await readSchedule(temporal, arn);
  if (revision) return revision;
  throw new Error(`There is no Schedule of ${arn}.`);
}

test('arming sets the instant, and leaves action, policies and note as they are', async () => {
  const arn = await createSchedule();
  const handle = temporal.schedule.getHandle(rotationId(arn));
  const before = await handle.describe();
  const interval = inDays(3);

  await arm(arn, interval);

  const after = await handle.describe();
  expect(after.info.nextActionTimes[0]).toEqual(interval.startAt);
  expect(after.action).toEqual(before.action);
  expect(after.policies).toEqual(before.policies);
  expect(after.state).toEqual(before.state);
});

test('arming again, and to an earlier instant, is done as well', async () => {
  const arn = await createSchedule();
  await arm(arn, inDays(20));
  const interval = inDays(2);

  await arm(arn, interval);
  await arm(arn, interval);

  const { info } = await temporal.schedule.getHandle(rotationId(arn)).describe();
  expect(info.nextActionTimes[0]).toEqual(interval.startAt);
});

test('a pause that an operator sets at the same moment is never lost', async () => {
  const arn = await createSchedule();
  const handle = temporal.schedule.getHandle(rotationId(arn));

  for (let round = 1; round <= 10; round += 1) {
    const [, armed] = await Promise.allSettled([handle.pause(`round ${round}`), arm(arn, inDays(round))]);

    const { state } = await handle.describe();
    expect(state).toMatchObject({ paused: true, note: `round ${round}` });
    if (armed.status === 'rejected') expect(armed.reason).toBeInstanceOf(ScheduleUnavailableError);
    await handle.unpause();
  }
});

test('a Schedule tells the plan of its secret and when that is due; a secret without one has neither', async () => {
  const arn = await createSchedule();
  const interval = inDays(2);
  await arm(arn, interval);

  expect(await readSchedule(temporal, arn)).toMatchObject({ plan: { secretId: arn }, dueAt: interval.startAt });
  expect(await readSchedule(temporal, 'arn:test:nobody')).toEqual({});
});

test('what an operator changes after it was read stays, and the next attempt arms it', async () => {
  const arn = await createSchedule();
  const handle = temporal.schedule.getHandle(rotationId(arn));
  const revision = await revisionOf(arn);
  await handle.pause('meanwhile');

  const late = rearm(temporal, arn, { revision, arming: inDays(3) });

  await expect(late).rejects.toBeInstanceOf(ScheduleUnavailableError);
  const interval = inDays(3);
  await arm(arn, interval);
  const { state, info } = await handle.describe();
  expect(state).toMatchObject({ paused: true, note: 'meanwhile' });
  expect(info.nextActionTimes[0]).toEqual(interval.startAt);
});

test('a Schedule that is deleted after it was read cannot be armed', async () => {
  const arn = await createSchedule();
  const revision = await revisionOf(arn);
  await temporal.schedule.getHandle(rotationId(arn)).delete();

  const late = rearm(temporal, arn, { revision, arming: inDays(1) });

  await expect(late).rejects.toBeInstanceOf(ScheduleUnavailableError);
});
