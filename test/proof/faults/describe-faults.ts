import { type Course, directions, waysOn } from '../course';
import { type GroundPlan } from '../ground/ground';
import { useGround } from '../ground/use-ground';
import { inParallel } from '../in-parallel';
import { isFull, sample, seedOf } from '../sample';
import { type Fault, faults } from './faults';
import { type Result, runTrial } from './run-trial';
import { factsOf, wanted, type Hit } from './verdict';

/** On a real server one call in so many is hit in the short form. */
const oneIn = 20;

/** Proves that a rotation survives each fault at each of its calls, on a database and a secret store. */
export function describeFaults(plan: GroundPlan): void {
  describe(`a fault at every boundary on ${plan.name}${seedOf(plan)}`, () => {
    const ground = useGround(plan);

    describe.each(waysOn(plan))('$title', (kind) => {
      describe.each(directions)('going %s', (direction) => {
        const course: Course = { ...kind, direction };
        let recorded: Result;

        beforeAll(async () => {
          recorded = await runTrial(ground(), course);
        });

        const hitsOf = (fault: Fault): Hit[] => recorded.calls.map((call, at) => ({ at, call, fault }));

        async function expectWanted(hits: readonly Hit[]): Promise<void> {
          const results = await inParallel(hits, (hit) => runTrial(ground(), { ...course, hit }));

          expect(results.map((result, place) => named(hits[place], factsOf(course, result, hits[place])))).toEqual(
            hits.map((hit) => named(hit, wanted(course, hit))),
          );
        }

        it('comes to its end without a fault', () => {
          expect(factsOf(course, recorded)).toEqual(wanted(course));
          expect(new Set(recorded.calls.map(({ step }) => step)).size).toBe(direction === 'forward' ? 5 : 6);
        });

        it.each(faults)(
          'comes to its end where a call %s',
          async (fault) => {
            const all = hitsOf(fault);

            await expectWanted(isFull || plan.isQuick ? all : sample(all, oneIn));
          },
          300_000,
        );
      });
    });
  });
}

function named(hit: Hit | undefined, facts: unknown): unknown {
  return { hit: hit && `call ${hit.at + 1}, ${hit.call.name} in ${hit.call.step}, ${hit.fault}`, facts };
}
