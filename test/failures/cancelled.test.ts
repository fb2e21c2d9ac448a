import { Context } from '@temporalio/activity';
import { atOnce } from '../support/at-once';
import { expectRotated, expectUndone } from '../support/end-states';
import { type HoldPoint } from '../support/hold';
import { Interference } from '../support/interference';
import { RotorUnderTest } from '../support/rotor-under-test';
import { createSubject, postgresStrategies } from '../support/subject';
import { waysToCancel } from '../support/ways-to-end';

interface Case extends HoldPoint {
  readonly way: keyof typeof waysToCancel;
  readonly strategy: (typeof postgresStrategies)[number];
}

const beforeThePivot: readonly HoldPoint[] = [
  { step: 'openRotation', moment: 'before' },
  { step: 'createSecret', moment: 'before' },
  { step: 'createSecret', moment: 'after' },
  { step: 'setSecret', moment: 'before' },
  { step: 'setSecret', moment: 'after' },
  { step: 'testSecret', moment: 'before' },
  { step: 'testSecret', moment: 'after' },
];

const afterThePivot: readonly HoldPoint[] = [
  { step: 'finishSecret', moment: 'before' },
  { step: 'finishSecret', moment: 'after' },
  { step: 'armNextRotation', moment: 'before' },
];

const byEachWay = (points: readonly HoldPoint[]): Case[] =>
  (Object.keys(waysToCancel) as Case['way'][]).flatMap((way) =>
    postgresStrategies.flatMap((strategy) => points.map((point) => ({ ...point, way, strategy }))),
  );

const early = byEachWay(beforeThePivot);
const late = byEachWay(afterThePivot);

const interference = new Interference();
let rotor: RotorUnderTest;
let end: (one: Case) => Promise<void>;

beforeAll(async () => {
  rotor = await RotorUnderTest.start();
  await rotor.startWorker({ wrap: (activities) => interference.wrap(activities) });
  end = atOnce([...early, ...late], { work: cancel });
});

afterAll(() => rotor.close());

/** Cancels a rotation at a place. A step before the pivot stands there until it notices. */
async function cancel(one: Case): Promise<void> {
  const { way, strategy, step, moment } = one;
  const application = await createSubject(rotor, { strategy });
  const { arn: secretId } = application;
  const isEarly = early.includes(one);
  const act = async (): Promise<void> => {
    const { cancelled } = Context.current();
    await waysToCancel[way](rotor, secretId);
    if (isEarly) await cancelled;
  };
  interference.plan({ secretId, step, moment, act });

  const rotation = await rotor.client.rotateSecret({ secretId });

  if (isEarly) await expectUndone(rotor, { application, rotation, type: 'Cancelled' });
  else await expectRotated(rotor, { application, rotation });
  if (isEarly && strategy === 'single-user') {
    for (const version of await application.versions()) {
      expect(await application.signsIn(version)).toBe(version === application.firstVersion);
    }
  }
}

test.each(early)('cancelled $moment $step by $way with $strategy: undone', (one) => end(one));

test.each(late)('cancelled $moment $step by $way with $strategy: past the pivot, and finished', (one) => end(one));
