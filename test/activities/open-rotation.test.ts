import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { openRotation, type OpenedRotation } from '../../activities/open-rotation';
import { rotationId } from '../../rotation/rotation-id';
import { type RotationPlan } from '../../rotation/rotation-request';
import { scheduleDefinition } from '../../workflows/schedule-definition';
import { FakeSecretStore } from '../support/fake-secret-store';
import { secretText } from '../support/secret-text';
import { sharedServers } from '../support/shared-servers';

const dayMs = 86_400_000;

let connection: Connection;
let temporal: Client;

beforeAll(async () => {
  connection = await Connection.connect({ address: sharedServers().temporal.address });
  temporal = new Client({ connection });
});

afterAll(() => connection.close());

interface Opened {
  readonly opened: OpenedRotation;
  readonly plan: RotationPlan;
  /** When its Schedule fires next. */
  readonly dueAt: number;
}

/** Opens a rotation of a secret that is rotated every 30 days, and whose Schedule fires next in so many. */
async function openedBefore(days: number, { carriesPlan = false, asksForSchedule = false } = {}): Promise<Opened> {
  const store = new FakeSecretStore();
  const { arn: secretId } = store.createSecret({ name: `open/${randomUUID()}`, text: secretText() });
  const plan = { secretId, configuration: {}, rotationRules: { automaticallyAfterDays: 30 } };
  const startAt = new Date(Math.ceil(Date.now() / 1_000) * 1_000 + days * dayMs);
  const every = 30 * dayMs;
  await temporal.schedule.create({
    ...scheduleDefinition(plan, 'nobody'),
    scheduleId: rotationId(secretId),
    spec: { intervals: [{ every, offset: startAt.getTime() % every }], startAt },
  });
  const deps = { store, temporal, searchable: true, publishers: [] };
  const input = {
    ...{ secretId, rotationId: rotationId(secretId) },
    ...(carriesPlan ? { plan } : {}),
    ...(asksForSchedule ? ({ asksForSchedule } as const) : {}),
  };
  return { opened: await openRotation(deps, input), plan, dueAt: startAt.getTime() };
}

test('tells of the Schedule only who asks: an owner of an earlier build arms by a step in any case', async () => {
  const { opened } = await openedBefore(5);
  const { opened: asked } = await openedBefore(5, { asksForSchedule: true });

  expect(opened).not.toHaveProperty('scheduled');
  expect(asked.scheduled).toBe(true);
});

test.each([false, true])('gives up one day before its Schedule fires; it carries a plan: %s', async (carriesPlan) => {
  const { opened, plan, dueAt } = await openedBefore(5, { carriesPlan });

  expect(opened.plan).toEqual(plan);
  expect(opened.giveUpAt).toBe(new Date(dueAt - dayMs).toISOString());
});

test('gives up half the way to where its Schedule fires within two days', async () => {
  const { opened, dueAt } = await openedBefore(1);

  const leftMs = dueAt - Date.parse(opened.giveUpAt ?? '');
  expect(Math.abs(leftMs - dayMs / 2)).toBeLessThan(10_000);
});
