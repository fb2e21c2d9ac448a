import { atOnce } from '../support/at-once';
import { type HoldPoint } from '../support/hold';
import { Interference } from '../support/interference';
import { RotorUnderTest } from '../support/rotor-under-test';
import { postgresStrategies } from '../support/subject';
import { waysToCancel } from '../support/ways-to-end';
import { afterThePivot, beforeThePivot, cancelAndJudge } from './cancelling';

interface Case extends HoldPoint {
  readonly way: keyof typeof waysToCancel;
  readonly strategy: (typeof postgresStrategies)[number];
}

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
  const work = (one: Case): Promise<void> =>
    cancelAndJudge({ rotor, interference }, { ...one, cancel: (arn) => waysToCancel[one.way](rotor, arn) });
  end = atOnce([...early, ...late], { work });
});

afterAll(() => rotor.close());

test.each(early)('cancelled $moment $step by $way with $strategy: undone', (one) => end(one));

test.each(late)('cancelled $moment $step by $way with $strategy: past the pivot, and finished', (one) => end(one));
