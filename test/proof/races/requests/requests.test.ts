import { randomUUID } from 'node:crypto';
import { type RotationHandle } from '../../../../client';
import { waitUntil } from '../../../../local/supervisor';
import { Hold } from '../../../support/hold';
import { type RotatedApplication } from '../../../support/rotated-application';
import { RotorUnderTest } from '../../../support/rotor-under-test';

let rotor: RotorUnderTest;

beforeAll(async () => {
  rotor = await RotorUnderTest.start();
});

afterAll(() => rotor.close());

const plan = { configuration: {}, rotationRules: { automaticallyAfterDays: 30 } } as const;
const limitMs = 30_000;

/** Every way to ask for a rotation; each resolves when Temporal has taken the request, or has refused it. */
const ways = {
  update: ({ name }: RotatedApplication) => rotor.client.rotateSecret({ secretId: name }),
  signal: ({ arn }: RotatedApplication) => rotor.signal(arn),
  trigger: ({ arn }: RotatedApplication) => rotor.schedule(arn).trigger(),
  tick: ({ arn }: RotatedApplication) =>
    rotor.temporal.workflow.start('scheduledRotation', {
      workflowId: `tick-${randomUUID()}`,
      taskQueue: rotor.taskQueue,
      args: [{ secretId: arn, ...plan }],
    }),
} as const;

type Way = keyof typeof ways;

const each = Object.keys(ways) as Way[];

async function countTicks(further = ''): Promise<number> {
  const query = `TaskQueue = "${rotor.taskQueue}" AND WorkflowType = "scheduledRotation"${further}`;
  return (await rotor.temporal.workflow.count(query)).count;
}

/** Waits until so many ticks have met the rotation: all are over but the one that began it, if one did. */
async function untilTicksMet({ arn }: RotatedApplication, ticks: number): Promise<void> {
  const haveMet = async (): Promise<boolean> => {
    const { rotation } = await rotor.client.describe(arn);
    const open = rotation?.status?.trigger === 'schedule' ? 1 : 0;
    return (await countTicks()) >= ticks && (await countTicks(' AND ExecutionStatus = "Running"')) === open;
  };
  expect(await waitUntil(haveMet, { limitMs, everyMs: 100 })).toBe(true);
}

test.each(each)(
  'sixteen requests by every way at the same moment, the first by %s, are one rotation',
  async (first) => {
    const hold = new Hold({ step: 'setSecret', moment: 'before' });
    const worker = await rotor.startWorker({ wrap: (activities) => hold.wrap(activities) });
    const application = await rotor.createApplication();
    await rotor.client.configure({ secretId: application.name, ...plan });
    const before = await countTicks();
    const order = [first, ...each.filter((way) => way !== first)];

    const asked = Array.from({ length: 4 }, () => order).flat();
    const answers = await Promise.allSettled(asked.map(async (way) => ways[way](application)));
    await hold.reached;
    await untilTicksMet(application, before + 5); // four ticks, and at least one of the Schedule's
    const { rotation } = await rotor.client.describe(application.arn);
    hold.release();
    await rotor.owner(application.arn).result();

    const ofUpdates = answers.filter((_, at) => asked[at] === 'update');
    const accepted = ofUpdates.flatMap((answer) =>
      answer.status === 'fulfilled' ? [answer.value as RotationHandle] : [],
    );
    const refused = ofUpdates.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason as Error] : []));
    const others = answers.filter((answer, at) => asked[at] !== 'update' && answer.status === 'rejected');
    expect(accepted).toHaveLength(rotation?.status?.trigger === 'request' ? 1 : 0);
    expect(refused.map(({ name }) => name)).toEqual(refused.map(() => 'RotationInProgress'));
    expect(others).toEqual([]);
    const [run, ...more] = await rotor.runs(application.arn);
    expect(more).toEqual([]);
    const [versionId = run] = accepted.map((handle) => handle.versionId);
    expect(await application.labels()).toEqual({
      [String(versionId)]: ['AWSCURRENT'],
      [application.firstVersion]: ['AWSPREVIOUS'],
    });
    expect(await application.versions()).toHaveLength(2);
    expect(await application.accepts(await application.password())).toBe(true);
    await worker.stop();
  },
);
