import { endCommands } from '../../support/rotor-command';
import { type Course, directions, waysOn } from '../course';
import { isFull, sample, seedOf } from '../sample';
import { wanted } from './facts';
import { type Killed, killAt, record, type Recorded, type Trial } from './kill-at';
import { type KillPoint, moments } from './kill-point';
import { type NotingPlan } from './noting-databases';
import { closeStage, openStage, type Stage } from './stage';

/** In the short form the worker is killed after each of these, which change something, and at one other moment in so many. */
const changes = [
  'store.putPending',
  'store.moveCurrent',
  'store.removePending',
  'engine.changePassword',
  'engine.matchUser',
];
const oneIn = 12;
/** How many rotations stand at once: so few that each stands before the time of the first is over. */
const atOnce = 48;
const limitMs = isFull ? 1_800_000 : 170_000;

/** Proves that a rotation comes to the same end wherever in its course its worker is killed, on a database. */
export function describeKillPoints(plan: NotingPlan): void {
  const ways = waysOn(plan).filter(({ title }) => isFull || plan.inShort.includes(title));
  const courses = ways.flatMap((way) => directions.map((direction) => ({ ...way, direction })));
  const where = isFull ? 'every call' : 'a sample of the calls';

  describe(`kill -9 of the worker at ${where} on ${plan.name}${seedOf({ isQuick: false })}`, () => {
    let stage: Stage;
    let recorded: readonly Recorded[];
    const killed: Killed[] = [];

    beforeAll(async () => {
      const begun = performance.now();
      stage = await openStage(plan);
      recorded = await record(stage, courses);
      const batches = chunks(recorded.flatMap(trialsOf), atOnce);
      for (const batch of batches) killed.push(...(await killAt(stage, batch)));
      const seconds = Math.round((performance.now() - begun) / 1_000);
      process.stderr.write(`${plan.name}: ${killed.length} rotations, ${batches.length} kills; ${seconds} s\n`);
    }, limitMs);

    afterAll(async () => {
      await endCommands();
      await closeStage(stage);
    });

    describe.each(courses)('$title going $direction', (course) => {
      const of = <Each extends { readonly course: Course }>(all: readonly Each[]): Each[] =>
        all.filter((each) => each.course === course);

      it('owes and does this where nobody is killed', () => {
        const all = of(recorded).map(({ seen }) => seen);

        expect(all).toEqual([expect.objectContaining(wanted(course))]);
        expect(all[0]?.passwordsSet).toBeGreaterThan(0);
      });

      it('comes to the same end wherever the worker is killed', () => {
        const trials = of(killed);

        expect(trials.length).toBeGreaterThan(0);
        expect(trials.map(({ point, seen }) => ({ point: named(point), seen }))).toEqual(
          trials.map(({ point }) => ({ point: named(point), seen: of(recorded)[0]?.seen })),
        );
      });
    });
  });
}

function trialsOf({ course, calls }: Recorded): readonly Trial[] {
  const all = calls.flatMap((call) => moments.map((moment) => ({ course, point: { ...call, moment } })));
  if (isFull) return all;
  const afterChanges = all.filter(({ point: { name, moment } }) => moment === 'after' && changes.includes(name));
  const others = all.filter((trial) => !afterChanges.includes(trial));
  return [...afterChanges, ...sample(others, oneIn)];
}

function named({ step, at, name, moment }: KillPoint): string {
  return `${moment} call ${at + 1} of ${step}, ${name}`;
}

function chunks<Item>(items: readonly Item[], size: number): Item[][] {
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, at) => items.slice(at * size, (at + 1) * size));
}
