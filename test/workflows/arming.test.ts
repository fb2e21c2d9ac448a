import { randomUUID } from 'node:crypto';
import { ApplicationFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { createActivities, type Activities } from '../../activities';
import { SecretsManagerStore } from '../../adapters/secrets-manager';
import { nextRotation } from '../../rotation/schedule/next-rotation';
import { armedFor, disarm, dueAfterCurrent } from '../support/armed-schedule';
import { deleteForGood } from '../support/delete-for-good';
import { fireSoon } from '../support/fire-soon';
import { Hold } from '../support/hold';
import { leaveOver } from '../support/leave-over';
import { type RotatedApplication } from '../support/rotated-application';
import { RotorUnderTest } from '../support/rotor-under-test';

let rotor: RotorUnderTest;

beforeAll(async () => {
  rotor = await RotorUnderTest.start();
});

afterAll(() => rotor.close());

const rotationRules = { automaticallyAfterDays: 30 };
const minuteMs = 60_000;

async function scheduledApplication(): Promise<RotatedApplication> {
  const application = await rotor.createApplication();
  await rotor.client.configure({ secretId: application.name, rotationRules });
  return application;
}

function instantAfter({ arn }: RotatedApplication, lastRotation: string): string {
  return nextRotation({ arn, lastRotation: new Date(lastRotation), rules: rotationRules }).toISOString();
}

async function whileWorking<T>(work: () => Promise<T>, wrap?: (activities: Activities) => Activities): Promise<T> {
  const worker = await rotor.startWorker(wrap ? { wrap } : {});
  try {
    return await work();
  } finally {
    await worker.stop();
  }
}

test('a rotation by hand arms the schedule for its own end plus the days', async () => {
  const application = await scheduledApplication();

  const outcome = await whileWorking(async () =>
    rotor.client.outcome(await rotor.client.rotateSecret({ secretId: application.name })),
  );

  expect(outcome.nextRotation).toBe(instantAfter(application, String(outcome.rotatedAt)));
  expect(await armedFor(rotor, application.arn)).toBe(outcome.nextRotation);
});

test('a scheduled rotation arms the schedule for its own end plus the days', async () => {
  const application = await scheduledApplication();

  const outcome = await whileWorking(async () => {
    await rotor.schedule(application.arn).trigger();
    await rotor.untilRotated(application.arn, { runs: 1 });
    return rotor.owner(application.arn).result();
  });

  expect(await armedFor(rotor, application.arn)).toBe(instantAfter(application, String(outcome.rotatedAt)));
});

test('a rotation that failed arms the schedule as counted from the last one that succeeded', async () => {
  const application = await scheduledApplication();
  await whileWorking(async () => {
    await rotor.rotate(application);
    const due = await dueAfterCurrent(rotor, { arn: application.arn, rules: rotationRules });
    await application.setPassword('changed-by-somebody');
    await disarm(rotor, application.arn);

    await expect(rotor.rotate(application)).rejects.toMatchObject({ type: 'SignInRefused' });

    expect(await armedFor(rotor, application.arn)).toBe(due);
  });
});

test('a rotation that was cancelled and undone arms the schedule as counted from the last one that succeeded', async () => {
  const application = await scheduledApplication();
  const due = await dueAfterCurrent(rotor, { arn: application.arn, rules: rotationRules });
  const hold = new Hold({ step: 'testSecret', moment: 'before' });
  await whileWorking(
    async () => {
      const rotation = await rotor.client.rotateSecret({ secretId: application.name });
      await hold.reached;
      await disarm(rotor, application.arn);

      await rotor.client.cancelRotation({ secretId: application.name, note: 'not now' });
      await expect(rotor.client.outcome(rotation)).rejects.toMatchObject({ type: 'Cancelled' });
    },
    (activities) => hold.wrap(activities),
  );

  expect(await armedFor(rotor, application.arn)).toBe(due);
  expect((await rotor.client.describe(application.arn)).schedule).toMatchObject({ paused: true, note: 'not now' });
});

test('a scheduled rotation whose secret is gone cannot arm the schedule, which fires again at its interval', async () => {
  const application = await scheduledApplication();
  await deleteForGood(rotor, application);

  const fired = await whileWorking(async () => {
    const instant = await fireSoon(rotor.schedule(application.arn));
    await rotor.untilRotated(application.arn, { runs: 1 });
    return instant;
  });

  expect(await armedFor(rotor, application.arn)).toBe(new Date(fired.getTime() + 86_400_000).toISOString());
});

test('a take-over that is refused leaves the schedule as it is', async () => {
  const application = await scheduledApplication();
  await leaveOver(rotor, { application, token: randomUUID() });
  await application.setPassword('changed-by-somebody');
  await disarm(rotor, application.arn);
  const before = await armedFor(rotor, application.arn);

  await whileWorking(async () => {
    const rotation = await rotor.client.leftover.resume(application.name);
    await expect(rotor.client.outcome(rotation)).rejects.toMatchObject({ type: 'SignInRefused' });
  });

  expect(await armedFor(rotor, application.arn)).toBe(before);
});

test('a paused schedule is armed and stays paused, with its note', async () => {
  const application = await scheduledApplication();
  await rotor.client.pause({ secretId: application.name, note: 'until the audit is over' });

  await whileWorking(() => rotor.rotate(application));

  const { state } = await rotor.schedule(application.arn).describe();
  expect(state).toMatchObject({ paused: true, note: 'until the audit is over' });
  expect((await armedFor(rotor, application.arn))?.slice(0, 10)).toBe(inDays(30));
});

test('arming changes nothing of a Schedule but its instants', async () => {
  const application = await scheduledApplication();
  const before = await rotor.schedule(application.arn).describe();

  await whileWorking(() => rotor.rotate(application));

  const after = await rotor.schedule(application.arn).describe();
  expect(after.action).toEqual(before.action);
  expect(after.policies).toEqual(before.policies);
  expect(after.state).toEqual(before.state);
  expect(after.policies).toMatchObject({ overlap: 'SKIP', pauseOnFailure: false, catchupWindow: 7 * 86_400_000 });
});

test('a schedule that is deleted by hand while its plan is carried out is put back', async () => {
  const application = await scheduledApplication();
  const hold = new Hold({ step: 'testSecret', moment: 'before' });

  const outcome = await whileWorking(
    async () => {
      const rotation = await rotor.client.rotateSecret({ secretId: application.name });
      await hold.reached;
      await rotor.schedule(application.arn).delete();
      hold.release();
      return rotor.client.outcome(rotation);
    },
    (activities) => hold.wrap(activities),
  );

  expect(await armedFor(rotor, application.arn)).toBe(instantAfter(application, String(outcome.rotatedAt)));
  expect((await rotor.client.describe(application.arn)).schedule?.plan?.rotationRules).toEqual(rotationRules);
});

test('a schedule that was deleted is not put back by a later rotation: the secret is configured no more', async () => {
  const application = await scheduledApplication();
  await rotor.schedule(application.arn).delete();

  await whileWorking(() => rotor.rotate(application));

  expect((await rotor.client.describe(application.arn)).schedule).toBeUndefined();
});

test('an arming that is lost fails no rotation, leaves the schedule able to fire, and heals at the next rotation', async () => {
  const application = await scheduledApplication();
  const before = await armedFor(rotor, application.arn);
  const lost = (): Promise<never> => {
    throw ApplicationFailure.nonRetryable('lost', 'ScheduleUnavailable');
  };

  await whileWorking(
    () => rotor.rotate(application),
    (activities) => ({ ...activities, armNextRotation: lost }),
  );
  expect(await armedFor(rotor, application.arn)).toBe(before);
  const outcome = await whileWorking(async () =>
    rotor.client.outcome(await rotor.client.rotateSecret({ secretId: application.name })),
  );

  expect(await armedFor(rotor, application.arn)).toBe(instantAfter(application, String(outcome.rotatedAt)));
});

describe('the arming itself', () => {
  function arm(application: RotatedApplication, lastRotation: string): Promise<{ nextRotation?: string }> {
    const activities = createActivities({
      stepDeps: () => ({
        store: new SecretsManagerStore({ client: rotor.secretsManager }),
        engineFor: () => {
          throw new Error('Arming asks no database.');
        },
      }),
      temporal: rotor.temporal,
    });
    const input = { secretId: application.arn, lastRotation };
    return new MockActivityEnvironment().run(() => activities.armNextRotation(input));
  }

  test('an instant that has passed becomes soon, and the server shows it', async () => {
    const application = await scheduledApplication();

    const { nextRotation: next = '' } = await arm(application, '2020-01-01T00:00:00.000Z');

    const aheadMs = Date.parse(next) - Date.now();
    expect(aheadMs).toBeGreaterThan(minuteMs / 2);
    expect(aheadMs).toBeLessThanOrEqual(minuteMs);
    expect(await armedFor(rotor, application.arn)).toBe(next);
  });

  test('the same rotation gives the same instant, however often it is armed', async () => {
    const application = await scheduledApplication();
    const lastRotation = new Date().toISOString();

    const first = await arm(application, lastRotation);
    const again = await arm(application, lastRotation);

    expect(again).toEqual(first);
    expect(first.nextRotation).toBe(instantAfter(application, lastRotation));
  });

  test('a pause that comes between its reading and its writing is not undone', async () => {
    const application = await scheduledApplication();
    const { workflowService } = rotor.temporal;
    const writing = jest.spyOn(workflowService, 'updateSchedule');
    writing.mockImplementation(async (request: object) => {
      writing.mockRestore();
      await rotor.client.pause({ secretId: application.name, note: 'meanwhile' });
      return workflowService.updateSchedule(request);
    });

    const lastRotation = new Date().toISOString();
    await expect(arm(application, lastRotation)).rejects.toMatchObject({ type: 'ScheduleUnavailable' });
    await arm(application, lastRotation);

    const { state } = await rotor.schedule(application.arn).describe();
    expect(state).toMatchObject({ paused: true, note: 'meanwhile' });
  });
});

function inDays(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
}
