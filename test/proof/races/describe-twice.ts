import { directions, strategiesOn } from '../course';
import { type GroundPlan } from '../ground/ground';
import { useGround } from '../ground/use-ground';
import { inParallel } from '../in-parallel';
import { isFull, sample, seedOf } from '../sample';
import { type Race, type Raced, runRace } from './run-race';
import { runTwice, type Twice } from './run-twice';

type Course = Pick<Race, 'strategy' | 'direction'>;

/** On a real server one meeting in so many is tried in the short form. */
const oneIn = 16;

/** The steps whose second attempt can matter, in either direction. */
const stepsOf: Readonly<Record<Race['direction'], readonly Twice['step'][]>> = {
  forward: ['createSecret', 'setSecret', 'testSecret', 'finishSecret'],
  back: ['createSecret', 'setSecret', 'restoreCurrent', 'discardPending'],
};

/** Proves that two attempts of one step at the same moment are one, however their calls meet. */
export function describeTwice(plan: GroundPlan): void {
  describe(`two attempts of one step at the same moment on ${plan.name}${seedOf(plan)}`, () => {
    const ground = useGround(plan);

    const courses = strategiesOn(plan).flatMap((strategy) =>
      directions.flatMap((direction) => stepsOf[direction].map((step) => ({ strategy, direction, step }))),
    );
    it.each(courses)(
      '$strategy going $direction, $step: one end, and one promotion or none',
      async ({ step, ...course }) => {
        const alone = await runRace(ground(), course);
        const leads = meetings(alone.calls.filter((call) => call.step === step).length);

        const chosen = isFull || plan.isQuick ? leads : sample(leads, oneIn);
        const raced = await inParallel(chosen, (lead) => runTwice(ground(), { ...course, step, lead }));

        expect(raced.map((each, at) => ({ lead: chosen[at], facts: factsOf(course, each) }))).toEqual(
          chosen.map((lead) => ({ lead, facts: wanted(course) })),
        );
      },
      120_000,
    );
  });
}

/** From the one wholly before the other, by every call between, to the one wholly after the other. */
function meetings(calls: number): number[] {
  return Array.from({ length: 2 * calls + 1 }, (_, at) => at - calls);
}

function factsOf({ strategy, direction }: Course, { end, labels, accepted, promotions, versionIds }: Raced): object {
  // After an undo the alternate user may keep what was pending: nobody uses it before the next rotation.
  const judged = strategy === 'alternating-users' && direction === 'back' ? ['current'] : ['current', 'pending'];
  return {
    end: end.kind,
    labels,
    accepted: accepted.filter((name) => judged.includes(name)),
    promotions,
    versions: versionIds.length,
  };
}

function wanted({ strategy, direction }: Course): object {
  if (direction === 'back') {
    const labels = { AWSCURRENT: 'start', AWSPENDING: undefined, AWSPREVIOUS: 'older' };
    return { end: 'failed', labels, accepted: ['current'], promotions: 0, versions: 3 };
  }
  const labels = { AWSCURRENT: 'token', AWSPENDING: undefined, AWSPREVIOUS: 'start' };
  const accepted = strategy === 'single-user' ? ['pending'] : ['current', 'pending'];
  return { end: 'rotated', labels, accepted, promotions: 1, versions: 3 };
}
