import { ApplicationFailure } from '@temporalio/common';
import { NativeConnection } from '@temporalio/worker';
import { type Activities } from '../../activities';
import { registerSearchAttributes } from '../../worker/register-search-attributes';
import { type RotatedApplication } from '../support/rotated-application';
import { RotorUnderTest } from '../support/rotor-under-test';

let rotor: RotorUnderTest;

beforeAll(async () => {
  rotor = await RotorUnderTest.start();
});

afterAll(() => rotor.close());

async function whileWorking<T>(work: () => Promise<T>, wrap?: (activities: Activities) => Activities): Promise<T> {
  const worker = await rotor.startWorker(wrap ? { wrap } : {});
  try {
    return await work();
  } finally {
    await worker.stop();
  }
}

/** What Temporal's web UI shows of a run while it is open, and after it. */
async function currentDetails(application: RotatedApplication): Promise<string> {
  const metadata = await rotor
    .owner(application.arn)
    .query<{ currentDetails?: string }>('__temporal_workflow_metadata');
  return metadata.currentDetails ?? '';
}

/** Lets the first attempts of a step fail as an outage does. */
function failing(step: 'setSecret', times: number): (activities: Activities) => Activities {
  let left = times;
  return (activities) => ({
    ...activities,
    [step]: async (input: never) => {
      left -= 1;
      if (left >= 0) {
        throw ApplicationFailure.create({
          type: 'TargetUnavailable',
          message: 'down',
          nextRetryDelay: '10 milliseconds',
        });
      }
      return activities[step](input);
    },
  });
}

test('the timeline tells each step with its attempts, times and whether it changed anything, token and trigger', async () => {
  const application = await rotor.createApplication();

  await whileWorking(
    async () => {
      const { versionId } = await rotor.rotate(application);
      const { rotation } = await rotor.client.describe(application.name);

      expect(rotation?.status).toMatchObject({
        state: 'rotated',
        secretId: application.arn,
        clientRequestToken: versionId,
        trigger: 'request',
      });
      const steps = rotation?.status?.steps ?? [];
      expect(steps.map(({ step, attempts, outcome }) => [step, attempts, outcome])).toEqual([
        ['openRotation', 1, 'done'],
        ['createSecret', 1, 'done'],
        ['setSecret', 3, 'done'],
        ['testSecret', 1, 'done'],
        ['finishSecret', 1, 'done'],
        ['armNextRotation', 1, 'done'],
      ]);
      for (const { startedAt, endedAt = '' } of steps) expect(endedAt >= startedAt).toBe(true);
      expect(JSON.stringify(rotation)).not.toContain(await application.password());
    },
    failing('setSecret', 2),
  );
});

test('a failed step tells its attempts too, and the undo is on the timeline', async () => {
  const application = await rotor.createApplication();
  await application.setPassword('changed-by-somebody');

  const steps = await whileWorking(async () => {
    await rotor.rotate(application).catch(() => undefined);
    return (await rotor.client.describe(application.name)).rotation?.status?.steps;
  });

  expect(steps?.map(({ step, attempts, outcome }) => [step, attempts, outcome])).toEqual([
    ['openRotation', 1, 'done'],
    ['createSecret', 1, 'failed'],
    ['discardPending', 1, 'alreadyDone'],
    ['armNextRotation', 1, 'done'],
  ]);
});

test('current details and summaries make the run readable in the web UI', async () => {
  const application = await rotor.createApplication();

  const [details, failed] = await whileWorking(async () => {
    const { versionId } = await rotor.rotate(application);
    const done = await currentDetails(application);
    expect(done).toContain(versionId);
    await application.setPassword('changed-by-somebody');
    await rotor.rotate(application).catch(() => undefined);
    return [done, await currentDetails(application)];
  });

  expect(details).toContain('**Rotation done: AWSCURRENT is the new version**');
  expect(details).toContain(application.arn);
  expect(details).toMatch(/^\| setSecret \| 20\S+Z \| \d+ ms \| 1 \| done \|$/m);
  expect(failed).toContain('**Rotation not done: password and labels are as they were**');
  expect(failed).toContain(`refuses the password of user "${application.username}"`);
  const description = await rotor.owner(application.arn).describe();
  expect(await description.staticSummary()).toBe(`rotation of ${application.name}`);
});

test('rotations are found by secret, trigger, state and outcome', async () => {
  const good = await rotor.createApplication();
  const bad = await rotor.createApplication();
  await bad.setPassword('changed-by-somebody');

  await whileWorking(async () => {
    await rotor.rotate(good);
    await rotor.signal(bad.arn);
    await rotor.untilRotated(bad.arn, { runs: 1 });
  });

  const found = async (query: string): Promise<number> => (await rotor.temporal.workflow.count(query)).count;
  expect(await found(`RotorSecret = "${good.arn}" AND RotorOutcome = "rotated" AND RotorTrigger = "request"`)).toBe(1);
  expect(await found(`RotorSecret = "${bad.arn}" AND RotorOutcome = "failed" AND RotorTrigger = "signal"`)).toBe(1);
  expect(await found(`RotorSecret = "${good.arn}" AND RotorState = "rotated"`)).toBe(1);
  expect(await found(`RotorSecret = "${bad.arn}" AND RotorState = "undone"`)).toBe(1);
});

describe('in a namespace that cannot have the attributes', () => {
  let connection: NativeConnection;

  beforeAll(async () => {
    connection = await NativeConnection.connect({ address: rotor.servers.temporal.address });
  });

  afterAll(() => connection.close());

  test('the worker is told why', async () => {
    const refusing = jest.spyOn(connection.operatorService, 'addSearchAttributes');
    refusing.mockRejectedValue(new Error('permission denied'));
    const listing = jest.spyOn(connection.operatorService, 'listSearchAttributes');
    listing.mockResolvedValue({ customAttributes: { RotorSecret: 1, RotorState: 2 } } as never);

    const why = await registerSearchAttributes(connection, rotor.servers.temporal.namespace);

    expect(why).toBe(
      'RotorSecret of type Keyword, RotorTrigger of type Keyword, RotorOutcome of type Keyword, ' +
        'RotorLastRotation of type Datetime: permission denied',
    );
    refusing.mockRestore();
    listing.mockRestore();
  });

  test('a rotation sets none, and works', async () => {
    const application = await rotor.createApplication();

    await whileWorking(
      () => rotor.rotate(application),
      (activities) => ({
        ...activities,
        openRotation: async (input) => ({ ...(await activities.openRotation(input)), searchable: false }),
      }),
    );

    const { events } = await rotor.owner(application.arn).fetchHistory();
    expect(events?.some((event) => event.upsertWorkflowSearchAttributesEventAttributes)).toBe(false);
    expect(await application.accepts(await application.password())).toBe(true);
  });
});
