import { type ScheduleSpec } from '@temporalio/client';
import { ScheduleMissingError, type ListedRotation, type ListedState } from '../../client';
import { waitUntil } from '../../local/supervisor';
import { RotationInProgressError } from '../../rotation/errors';
import { rotationId } from '../../rotation/rotation-id';
import { upcomingRotations } from '../../rotation/schedule/next-rotation';
import { scheduleDefinition } from '../../workflows/schedule-definition';
import { Hold } from '../support/hold';
import { type RotatedApplication } from '../support/rotated-application';
import { RotorUnderTest } from '../support/rotor-under-test';

let rotor: RotorUnderTest;

beforeAll(async () => {
  rotor = await RotorUnderTest.start();
});

afterAll(() => rotor.close());

const rotationRules = { automaticallyAfterDays: 10 };

async function scheduledApplication(): Promise<RotatedApplication> {
  const application = await rotor.createApplication();
  await rotor.client.configure({ secretId: application.name, rotationRules });
  return application;
}

async function listed(state?: ListedState): Promise<Map<string, ListedRotation>> {
  const all = new Map<string, ListedRotation>();
  for await (const rotation of rotor.client.list(state ? { state } : {})) {
    expect(all.has(rotation.arn)).toBe(false);
    all.set(rotation.arn, rotation);
  }
  return all;
}

test('pause keeps a note and resume lifts it; both may be repeated, and a rotation by hand goes on meanwhile', async () => {
  const worker = await rotor.startWorker();
  const application = await scheduledApplication();
  const secretId = application.name;

  await rotor.client.pause({ secretId, note: 'migration until Tuesday' });
  await rotor.client.pause({ secretId, note: 'migration until Tuesday' });
  const paused = await rotor.client.describe(secretId);
  await rotor.rotate(application);
  await rotor.client.resume({ secretId });
  await rotor.client.resume({ secretId });
  const resumed = await rotor.client.describe(secretId);

  expect(paused.schedule).toMatchObject({ paused: true, note: 'migration until Tuesday' });
  expect(resumed.schedule).toMatchObject({ paused: false, note: 'resumed' });
  expect(await application.versions()).toHaveLength(2);
  await worker.stop();
});

test('pause, resume and remove of a secret without a schedule say so', async () => {
  const { name } = await rotor.createApplication();

  for (const act of [
    rotor.client.pause({ secretId: name }),
    rotor.client.resume({ secretId: name }),
    rotor.client.remove(name),
  ]) {
    await expect(act).rejects.toBeInstanceOf(ScheduleMissingError);
    await expect(act).rejects.toThrow(`${name} has no schedule`);
  }
});

test('remove takes schedule and configuration away; the secret and the database user stay', async () => {
  const application = await scheduledApplication();

  await rotor.client.remove(application.name);

  expect((await rotor.client.describe(application.name)).schedule).toBeUndefined();
  expect((await listed()).has(application.arn)).toBe(false);
  expect(await application.labels()).toEqual({ [application.firstVersion]: ['AWSCURRENT'] });
  expect(await application.accepts(application.firstPassword)).toBe(true);
});

test('remove while a rotation is under way is refused, and takes nothing away', async () => {
  const hold = new Hold({ step: 'setSecret', moment: 'before' });
  const worker = await rotor.startWorker({ wrap: (activities) => hold.wrap(activities) });
  const application = await scheduledApplication();
  const rotation = await rotor.client.rotateSecret({ secretId: application.name });
  await hold.reached;

  await expect(rotor.client.remove(application.name)).rejects.toBeInstanceOf(RotationInProgressError);

  expect((await rotor.client.describe(application.name)).schedule?.plan?.rotationRules).toEqual(rotationRules);
  hold.release();
  await rotor.client.outcome(rotation);
  await worker.stop();
});

test('describe tells labels, rotation, schedule and the next twelve rotations', async () => {
  const worker = await rotor.startWorker();
  const application = await scheduledApplication();
  const rotation = await rotor.client.rotateSecret({ secretId: application.name });
  const { rotatedAt = '', nextRotation } = await rotor.client.outcome(rotation);

  const description = await rotor.client.describe(application.name);

  const lastRotation = new Date(rotatedAt);
  const twelve = upcomingRotations({ arn: application.arn, rules: rotationRules, lastRotation, count: 12 });
  expect(description).toMatchObject({
    arn: application.arn,
    name: application.name,
    labels: await application.labels(),
    lastRotation: rotatedAt,
    rotation: { open: false, status: { clientRequestToken: rotation.versionId, state: 'rotated' } },
    schedule: { nextRotation, upcoming: twelve.map((instant) => instant.toISOString()), paused: false },
  });
  await worker.stop();
});

test('describe of a step that fails and is tried again tells step, attempt and last error', async () => {
  const worker = await rotor.startWorker();
  const application = await rotor.createApplication({ host: '127.0.0.1', port: 1 });
  const rotation = await rotor.client.rotateSecret({ secretId: application.name });

  const retrying = async (): Promise<boolean> =>
    ((await rotor.client.describe(application.name)).rotation?.retrying?.attempt ?? 0) > 1;
  expect(await waitUntil(retrying, { limitMs: 30_000, everyMs: 200 })).toBe(true);
  const { rotation: described, lastRotation } = await rotor.client.describe(application.name);

  expect(described).toMatchObject({
    open: true,
    status: { state: 'rotating', clientRequestToken: rotation.versionId },
    retrying: { step: 'createSecret', type: 'TargetUnavailable' },
  });
  expect(lastRotation).toBeUndefined();
  await rotor.client.cancelRotation({ secretId: application.name });
  await rotor.owner(application.arn).terminate();
  await worker.stop();
});

test('list tells each secret once with its state, and filters by it', async () => {
  const hold = new Hold({ step: 'setSecret', moment: 'before' });
  const worker = await rotor.startWorker({ wrap: (activities) => hold.wrap(activities) });
  const [idle, paused, rotating] = await Promise.all([1, 2, 3].map(scheduledApplication));
  const bare = await rotor.createApplication();
  await rotor.client.pause({ secretId: paused?.arn ?? '', note: 'why' });
  const rotations = await Promise.all(
    [rotating?.arn ?? '', bare.arn].map((secretId) => rotor.client.rotateSecret({ secretId })),
  );
  await hold.reached;

  const all = await listed();
  const [onlyScheduled, onlyPaused, onlyRotating] = await Promise.all([
    listed('scheduled'),
    listed('paused'),
    listed('rotating'),
  ]);

  const states = [idle, paused, rotating, bare].map((application) => all.get(application?.arn ?? '')?.state);
  expect(states).toEqual(['scheduled', 'paused', 'rotating', 'rotating']);
  expect(all.get(paused?.arn ?? '')).toMatchObject({ note: 'why' });
  expect(all.get(bare.arn)?.nextRotation).toBeUndefined();
  const inState = (state: ListedState): string[] =>
    [...all.values()].filter((rotation) => rotation.state === state).map(({ arn }) => arn);
  for (const [state, only] of [
    ['scheduled', onlyScheduled],
    ['paused', onlyPaused],
    ['rotating', onlyRotating],
  ] as const) {
    const ours = [idle, paused, rotating, bare].flatMap((application) => application?.arn ?? []);
    expect(ours.filter((arn) => only.has(arn))).toEqual(ours.filter((arn) => inState(state).includes(arn)));
    expect([...only.values()].every((rotation) => rotation.state === state)).toBe(true);
  }
  expect(onlyRotating.get(rotating?.arn ?? '')).toEqual(all.get(rotating?.arn ?? ''));
  hold.release();
  await Promise.all(rotations.map((rotation) => rotor.client.outcome(rotation)));
  await worker.stop();
});

test('list reads page after page, each secret once, and the server itself finds the few in a state', async () => {
  const arns = Array.from(
    { length: 600 },
    (_, index) => `arn:aws:secretsmanager:us-east-1:1:secret:many-${index}-AAAAAA`,
  );
  const isOurs = ({ arn }: ListedRotation): boolean => arn.includes(':secret:many-');
  const spec = { intervals: [{ every: '30d' }] } satisfies ScheduleSpec;
  await eachAtOnce(arns, async (arn) => {
    const definition = scheduleDefinition({ secretId: arn, configuration: {}, rotationRules }, rotor.taskQueue);
    const state = { paused: arn.includes(':many-77-') };
    await rotor.temporal.schedule.create({ ...definition, scheduleId: rotationId(arn), spec, state });
  });

  const complete = async (): Promise<boolean> => [...(await listed()).values()].filter(isOurs).length === arns.length;
  expect(await waitUntil(complete, { limitMs: 30_000, everyMs: 500 })).toBe(true);
  const pages = jest.spyOn(rotor.temporal.workflowService, 'listSchedules');
  const paused = [...(await listed('paused')).values()].filter(isOurs);
  const answers = await Promise.all(pages.mock.results.map(({ value }) => value as Promise<{ schedules: unknown[] }>));
  pages.mockRestore();

  expect(paused.map(({ arn, state }) => [arn, state])).toEqual([[arns[77], 'paused']]);
  expect(answers.flatMap(({ schedules }) => schedules).length).toBeLessThan(100);
  await eachAtOnce(arns, (arn) => rotor.schedule(arn).delete());
});

/** Some at a time: the server is shared. */
async function eachAtOnce(arns: readonly string[], act: (arn: string) => Promise<unknown>): Promise<void> {
  for (let at = 0; at < arns.length; at += 25) await Promise.all(arns.slice(at, at + 25).map(act));
}
