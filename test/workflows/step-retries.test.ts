import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import { stepOptions, until } from '../../workflows/activity-options';
import { RotorUnderTest } from '../support/rotor-under-test';

interface Scheduled {
  readonly activityType: { readonly name: string };
  readonly retryPolicy: Readonly<Record<string, unknown>>;
}

/** Tried again after 1, 2, 4 … seconds, at most five minutes apart, as often as it takes. */
const patient = { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '300s' };

let rotor: RotorUnderTest;

beforeAll(async () => {
  rotor = await RotorUnderTest.start();
  await rotor.startWorker();
});

afterAll(() => rotor.close());

/** How each step was asked for, by its name. */
async function policies(arn: string): Promise<[string, Scheduled['retryPolicy']][]> {
  const { events } = JSON.parse(historyToJSON(await rotor.owner(arn).fetchHistory())) as {
    events: { readonly activityTaskScheduledEventAttributes?: Scheduled }[];
  };
  return events.flatMap(({ activityTaskScheduledEventAttributes: asked }) =>
    asked && asked.activityType.name !== 'armNextRotation' ? [[asked.activityType.name, asked.retryPolicy]] : [],
  );
}

test('a step backs off to five minutes, without an end but the instant that it is told', () => {
  const inAnHour = new Date(Date.now() + 3_600_000).toISOString();

  expect(stepOptions.retry).toEqual({
    initialInterval: '1 second',
    backoffCoefficient: 2,
    maximumInterval: '5 minutes',
  });
  expect(until(inAnHour)).toMatchObject({ retry: stepOptions.retry });
  expect(stepOptions).not.toHaveProperty('scheduleToCloseTimeout');
});

test('Temporal is told so for each step of a rotation', async () => {
  const application = await rotor.createApplication();

  await rotor.rotate(application);

  const steps = ['openRotation', 'createSecret', 'setSecret', 'testSecret', 'finishSecret'];
  expect(await policies(application.arn)).toEqual(steps.map((step) => [step, patient]));
});

test('Temporal is told so for each step of an undo', async () => {
  const application = await rotor.createApplication();
  const configuration = { probes: { read: ['SELECT n FROM no_such_table'] } };

  const rotation = await rotor.client.rotateSecret({ secretId: application.arn, configuration });
  await expect(rotor.client.outcome(rotation)).rejects.toMatchObject({ type: 'ConfigurationInvalid' });

  const undo = (await policies(application.arn)).slice(-2);
  expect(undo).toEqual(['restoreCurrent', 'discardPending'].map((step) => [step, patient]));
});
