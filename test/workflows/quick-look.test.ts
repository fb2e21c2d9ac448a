import { ScheduleUnavailableError } from '../../rotation/errors';
import { nextRotation } from '../../rotation/schedule/next-rotation';
import { armedFor } from '../support/armed-schedule';
import { Interference } from '../support/interference';
import { type RotatedApplication } from '../support/rotated-application';
import { RotorUnderTest } from '../support/rotor-under-test';

const rotationRules = { automaticallyAfterDays: 30 };
const interference = new Interference();
let rotor: RotorUnderTest;

beforeAll(async () => {
  rotor = await RotorUnderTest.start();
  await rotor.startWorker({ wrap: (activities) => interference.wrap(activities) });
});

afterAll(() => rotor.close());

/** How often a rotation's history has an arming as a step, and as a quick look within a workflow task. */
async function armings({ arn }: RotatedApplication): Promise<{ steps: number; quickLooks: number }> {
  const events = (await rotor.owner(arn).fetchHistory()).events ?? [];
  const scheduled = events.map((event) => event.activityTaskScheduledEventAttributes?.activityType?.name);
  return {
    steps: scheduled.filter((name) => name === 'armNextRotation').length,
    quickLooks: events.filter((event) => event.markerRecordedEventAttributes).length,
  };
}

test('a secret without a schedule has nothing armed, which a quick look within the workflow task tells', async () => {
  const application = await rotor.createApplication();

  const { steps, nextRotation: next } = await rotor.client.outcome(
    await rotor.client.rotateSecret({ secretId: application.name }),
  );

  expect(steps.at(-1)).toMatchObject({ step: 'armNextRotation', outcome: 'done', attempts: 1 });
  expect(next).toBeUndefined();
  expect(await armings(application)).toEqual({ steps: 0, quickLooks: 1 });
});

test('a secret that gets a schedule during its rotation is armed from that rotation', async () => {
  const application = await rotor.createApplication();
  const { arn: secretId } = application;
  const act = (): Promise<unknown> => rotor.client.configure({ secretId, rotationRules });
  interference.plan({ secretId, step: 'finishSecret', act });

  const outcome = await rotor.client.outcome(await rotor.client.rotateSecret({ secretId }));

  const lastRotation = new Date(String(outcome.rotatedAt));
  const due = nextRotation({ arn: secretId, lastRotation, rules: rotationRules }).toISOString();
  expect(outcome.nextRotation).toBe(due);
  expect(await armedFor(rotor, secretId)).toBe(due);
  expect(await armings(application)).toEqual({ steps: 0, quickLooks: 1 });
});

test('a secret whose quick look fails is looked at by a step, until Temporal answers', async () => {
  const application = await rotor.createApplication();
  const act = (): Promise<never> => Promise.reject(new ScheduleUnavailableError('away'));
  interference.plan({ secretId: application.arn, step: 'armNextRotation', act, times: 2 });

  const { steps } = await rotor.client.outcome(await rotor.client.rotateSecret({ secretId: application.name }));

  expect(steps.at(-1)).toMatchObject({ step: 'armNextRotation', outcome: 'done', attempts: 2 });
  expect(interference.attempts(application.arn, 'armNextRotation')).toBe(3);
  expect(await armings(application)).toEqual({ steps: 1, quickLooks: 1 });
});
