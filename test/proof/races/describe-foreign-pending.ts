import { randomUUID } from 'node:crypto';
import { Sensitive } from '../../../rotation/sensitive';
import { holderOf } from '../../../rotation/staging-labels';
import { directions, strategiesOn } from '../course';
import { type Ground, type GroundPlan, textOf } from '../ground/ground';
import { useGround } from '../ground/use-ground';
import { inParallel } from '../in-parallel';
import { isFull, sample, seedOf } from '../sample';
import { credentialIn, randomPassword } from '../state-table/secret-draft';
import { type Race, runRace } from './run-race';

/** On a real server one call in so many is met in the short form. */
const oneIn = 16;

interface Meeting extends Pick<Race, 'strategy' | 'direction'> {
  /** Before which call, counted from the first. */
  readonly at: number;
}

/** What is left. */
interface Facts {
  /** Whether the rotation has come to its end, by itself. */
  readonly isOver: boolean;
  readonly isPromoted: boolean;
  readonly currentSignsIn: boolean;
  /** Whose version holds AWSPENDING. */
  readonly pending: 'the stranger’s' | 'the rotation’s' | 'nobody’s';
}

/** Proves that a rotation gives way to another one that somebody begins in the midst of it, and leaves it alone. */
export function describeForeignPending(plan: GroundPlan): void {
  describe(`a version that is stored under AWSPENDING during a rotation on ${plan.name}${seedOf(plan)}`, () => {
    const ground = useGround(plan);

    const courses = strategiesOn(plan).flatMap((strategy) => directions.map((direction) => ({ strategy, direction })));
    it.each(courses)(
      '$strategy going $direction: it keeps AWSPENDING, nothing is promoted over it, and what is current signs in',
      async (course) => {
        const { calls } = await runRace(ground(), course);
        const all = calls.map(({ step, name }, at) => ({ ...course, at, before: `${name} in ${step}` }));
        const chosen = isFull || plan.isQuick ? all : sample(all, oneIn);

        const met = await inParallel(chosen, async (meeting) => ({ ...meeting, facts: await meet(ground(), meeting) }));

        const names = calls.map(({ name }) => name);
        const places = { put: names.indexOf('store.putPending'), move: names.indexOf('store.moveCurrent') };
        expect(met).toEqual(met.map((found) => ({ ...found, facts: wanted(found, places) })));
      },
      120_000,
    );
  });
}

async function meet(ground: Ground, { strategy, direction, at }: Meeting): Promise<Facts> {
  const { secrets, database } = ground;
  const stranger = randomUUID();
  let made = 0;
  const around: Race['around'] = (arranged) => async (_, make) => {
    made += 1;
    if (made === at + 1) {
      const username = String(arranged.credentials.get('current')?.username);
      const text = textOf(database, { username, password: new Sensitive(randomPassword()) });
      const { secretId } = arranged.request;
      const store = secrets.store(new AbortController().signal);
      await store.putPending({ secretId, clientRequestToken: stranger, text: new Sensitive(text) });
    }
    return make();
  };
  const { arranged, end } = await runRace(ground, { strategy, direction, around });
  const { secretId, clientRequestToken } = arranged.request;
  const labels = await secrets.labels(secretId);
  const current = holderOf(labels, 'AWSCURRENT') ?? '';
  const { username, password } = credentialIn((await secrets.text({ secretId, versionId: current })) ?? '');
  const pending = holderOf(labels, 'AWSPENDING');
  return {
    isOver: end.kind === 'rotated' || end.kind === 'failed',
    isPromoted: current === clientRequestToken,
    currentSignsIn: await database.signsIn({ username, password: password.reveal() }),
    pending: pending === stranger ? 'the stranger’s' : pending === undefined ? 'nobody’s' : 'the rotation’s',
  };
}

/**
 * One that came before the rotation's own version is either found, and the rotation refused, or has lost its label to it.
 * One that comes between the rotation's last look at the labels and its move is too late to be given way to.
 */
function wanted(
  { at, direction, facts }: Meeting & { facts: Facts },
  { put, move }: { put: number; move: number },
): Facts {
  const isFound = at > put || facts.pending === 'the stranger’s';
  const isPromoted = direction === 'forward' && (!isFound || at >= move);
  return {
    isOver: true,
    isPromoted,
    currentSignsIn: true,
    pending: isFound ? 'the stranger’s' : 'nobody’s',
  };
}
