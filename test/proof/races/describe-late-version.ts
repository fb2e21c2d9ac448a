import { strategiesOn } from '../course';
import { type Ground, type GroundPlan } from '../ground/ground';
import { useGround } from '../ground/use-ground';
import { inParallel } from '../in-parallel';
import { isFull, sample } from '../sample';
import { type Late, runLate } from './run-late';
import { type Raced, runRace } from './run-race';

/** On a real server one meeting in so many is tried in the short form. */
const oneIn = 6;

type Meeting = Omit<Late, 'strategy'>;

/** Proves that an attempt of createSecret which was given up leaves nothing behind, whenever it goes on. */
export function describeLateVersion(plan: GroundPlan): void {
  describe(`a createSecret that goes on when its rotation was given up, on ${plan.name}`, () => {
    const ground = useGround(plan);

    it.each(strategiesOn(plan))(
      '%s: the undo leaves no AWSPENDING, and none is stored late',
      async (strategy) => {
        const alone = await runRace(ground(), { strategy, direction: 'forward' });
        const places = alone.calls.filter(({ step }) => step === 'createSecret');
        const afterAll = places.map((_, hangsBefore) => ({ hangsBefore, goesOnBefore: Infinity }));
        const ended = await raceAll(ground(), { strategy, meetings: afterAll });
        const amid = ended.flatMap(({ hangsBefore, undoing }) =>
          Array.from({ length: undoing }, (_, goesOnBefore) => ({ hangsBefore, goesOnBefore })),
        );
        const chosen = isFull || plan.isQuick ? amid : sample(amid, oneIn);

        const raced = [...ended, ...(await raceAll(ground(), { strategy, meetings: chosen }))];

        expect(raced.map(({ hangsBefore, goesOnBefore, facts }) => ({ hangsBefore, goesOnBefore, facts }))).toEqual(
          [...afterAll, ...chosen].map((meeting) => ({ ...meeting, facts: wanted })),
        );
      },
      120_000,
    );
  });
}

type Judged = Meeting & { readonly undoing: number; readonly facts: object };

function raceAll(
  ground: Ground,
  { strategy, meetings }: Pick<Late, 'strategy'> & { meetings: readonly Meeting[] },
): Promise<Judged[]> {
  return inParallel(meetings, async (meeting) => {
    const raced = await runLate(ground, { strategy, ...meeting });
    const undoing = raced.calls.filter(({ step }) => step === 'discardPending').length;
    return { ...meeting, undoing, facts: factsOf(raced) };
  });
}

function factsOf({ end, labels, accepted, versionIds }: Raced): object {
  return { end, labels, accepted, versions: versionIds.length };
}

/** The token is taken in any case, by the attempt's version or by what closes it. */
const wanted = {
  end: { kind: 'failed', at: 'createSecret', failure: 'PermissionMissing' },
  labels: { AWSCURRENT: 'start', AWSPENDING: undefined, AWSPREVIOUS: 'older' },
  accepted: ['current'],
  versions: 3,
};
