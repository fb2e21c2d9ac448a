import { waitUntil } from '../../local/supervisor';
import { RotationInProgressError } from '../../rotation/errors';
import { tickId } from '../../workflows/names';
import { type RotationTrigger } from '../../workflows/rotation-status';
import { type ScheduledRotationResult } from '../../workflows/scheduled-rotation';
import { fireSoon } from '../support/fire-soon';
import { Hold } from '../support/hold';
import { type RotatedApplication } from '../support/rotated-application';
import { RotorUnderTest } from '../support/rotor-under-test';

let rotor: RotorUnderTest;

beforeAll(async () => {
  rotor = await RotorUnderTest.start();
});

afterAll(() => rotor.close());

/** A way to ask for a rotation, and what the rotation that it opens says of it. */
interface Way {
  readonly way: string;
  readonly trigger: RotationTrigger;
  readonly ask: (application: RotatedApplication) => Promise<unknown>;
}

const ways: readonly Way[] = [
  { way: 'the schedule', trigger: 'schedule', ask: ({ arn }) => fireSoon(rotor.schedule(arn)) },
  { way: "the Schedule's trigger", trigger: 'schedule', ask: ({ arn }) => rotor.schedule(arn).trigger() },
  { way: 'the update', trigger: 'request', ask: ({ arn }) => rotor.client.rotateSecret({ secretId: arn }) },
  { way: 'the signal', trigger: 'signal', ask: ({ arn }) => rotor.signal(arn) },
];

async function scheduledApplication(): Promise<RotatedApplication> {
  const application = await rotor.createApplication();
  await rotor.client.configure({ secretId: application.name, rotationRules: { automaticallyAfterDays: 30 } });
  return application;
}

/** The results of the ticks of a secret's Schedule that are over. */
async function ticks(arn: string): Promise<string[]> {
  const query = `WorkflowId STARTS_WITH "${tickId(arn)}" AND ExecutionStatus = "Completed"`;
  const outcomes: string[] = [];
  for await (const { workflowId } of rotor.temporal.workflow.list({ query })) {
    const result = (await rotor.temporal.workflow.getHandle(workflowId).result()) as ScheduledRotationResult;
    outcomes.push(result.outcome);
  }
  return outcomes;
}

test.each(ways)('$way, while nothing is under way, is one rotation', async ({ trigger, ask }) => {
  const worker = await rotor.startWorker();
  const application = await scheduledApplication();

  await ask(application);

  expect(await rotor.untilRotated(application.arn, { runs: 1 })).toBe(true);
  const { rotation } = await rotor.client.describe(application.arn);
  expect(rotation).toMatchObject({ workflowStatus: 'COMPLETED', status: { state: 'rotated', trigger } });
  expect(await rotor.runs(application.arn)).toHaveLength(1);
  expect(await application.versions()).toHaveLength(2);
  expect(await application.accepts(await application.password())).toBe(true);
  await worker.stop();
});

test.each(ways)('$way, while a rotation is under way, is that rotation', async ({ trigger, ask }) => {
  const hold = new Hold({ step: 'setSecret', moment: 'before' });
  const worker = await rotor.startWorker({ wrap: (activities) => hold.wrap(activities) });
  const application = await scheduledApplication();
  const rotation = await rotor.client.rotateSecret({ secretId: application.name });
  await hold.reached;

  const asked = await ask(application).catch((err: unknown) => err);
  if (trigger === 'request') expect(asked).toBeInstanceOf(RotationInProgressError);
  if (trigger === 'signal') expect(asked).toBe(rotation.runId);
  if (trigger === 'schedule') {
    const coalesced = async (): Promise<boolean> => (await ticks(application.arn)).includes('coalesced');
    expect(await waitUntil(coalesced, { limitMs: 30_000, everyMs: 200 })).toBe(true);
  }
  hold.release();
  await rotor.client.outcome(rotation);

  expect(await rotor.runs(application.arn)).toEqual([rotation.runId]);
  expect(await application.versions()).toHaveLength(2);
  await worker.stop();
});

test('whatever comes at the moment of the scheduled tick, one rotation is the result', async () => {
  const hold = new Hold({ step: 'finishSecret', moment: 'before' });
  const worker = await rotor.startWorker({ wrap: (activities) => hold.wrap(activities) });
  const application = await scheduledApplication();
  const { arn } = application;
  const instant = await fireSoon(rotor.schedule(arn));
  await waitUntil(() => Date.now() >= instant.getTime() - 5, { limitMs: 10_000, everyMs: 2 });

  const requests = Array.from({ length: 4 }, () => rotor.client.rotateSecret({ secretId: arn }));
  const signals = Array.from({ length: 4 }, () => rotor.signal(arn));
  const accepted = (await Promise.allSettled(requests)).filter(({ status }) => status === 'fulfilled');
  const runs = new Set(await Promise.all(signals));
  const ticked = async (): Promise<boolean> => (await rotor.schedule(arn).describe()).info.numActionsTaken === 1;
  expect(await waitUntil(ticked, { limitMs: 30_000, everyMs: 250 })).toBe(true);
  hold.release();
  expect(await rotor.untilRotated(arn, { runs: 1 })).toBe(true);

  expect(accepted.length).toBeLessThanOrEqual(1);
  expect([...runs]).toEqual(await rotor.runs(arn));
  expect(await application.versions()).toHaveLength(2);
  await worker.stop();
});

test('a tick that is cancelled or terminated leaves its rotation alone', async () => {
  for (const end of ['cancel', 'terminate'] as const) {
    const hold = new Hold({ step: 'setSecret', moment: 'before' });
    const worker = await rotor.startWorker({ wrap: (activities) => hold.wrap(activities) });
    const application = await scheduledApplication();
    await rotor.schedule(application.arn).trigger();
    await hold.reached;
    const query = `WorkflowId STARTS_WITH "${tickId(application.arn)}"`;
    for await (const { workflowId } of rotor.temporal.workflow.list({ query })) {
      await rotor.temporal.workflow.getHandle(workflowId)[end]();
    }

    hold.release();

    expect((await rotor.owner(application.arn).result()).outcome).toBe('rotated');
    await worker.stop();
  }
});
