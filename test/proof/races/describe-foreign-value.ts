import { Sensitive } from '../../../rotation/sensitive';
import { directions, strategiesOn } from '../course';
import { type Call } from '../faults/boundary';
import { type Ground, type GroundPlan, textOf } from '../ground/ground';
import { useGround } from '../ground/use-ground';
import { inParallel } from '../in-parallel';
import { isFull, sample, seedOf } from '../sample';
import { type Arranged } from '../state-table/arrange';
import { credentialIn, randomPassword } from '../state-table/secret-draft';
import { type Race, type Raced, runRace } from './run-race';

/** On a real server one call in so many is met in the short form. */
const oneIn = 16;

/** What the owner of a secret does by hand while it is rotated. */
const acts = ['sets a password and stores it', 'stores a password that nobody has set'] as const;

/** By which a value that was stored by hand, and one that was made from it, are known. */
const byHand = 'by hand';

interface Meeting extends Pick<Race, 'strategy' | 'direction'> {
  readonly act: (typeof acts)[number];
  /** Before which call, counted from the first. */
  readonly at: number;
}

/** Proves that what the owner stores during a rotation is never lost, whenever it lands. */
export function describeForeignValue(plan: GroundPlan): void {
  describe(`a value that is stored by hand during a rotation on ${plan.name}${seedOf(plan)}`, () => {
    const ground = useGround(plan);

    const courses = strategiesOn(plan).flatMap((strategy) =>
      directions.flatMap((direction) => acts.map((act) => ({ strategy, direction, act }))),
    );
    it.each(courses)(
      '$strategy going $direction, and the owner $act: it is current in the end, or what was promoted was made from it',
      async (course) => {
        const { calls } = await runRace(ground(), course);
        const all = calls.map(({ step, name }, at) => ({ ...course, at, before: `${name} in ${step}` }));
        const chosen = isFull || plan.isQuick ? all : sample(all, oneIn);

        const met = await inParallel(chosen, async (meeting) => ({ ...meeting, ...(await meet(ground(), meeting)) }));

        const deciding = decidingCall(course.direction, calls);
        expect(met).toEqual(met.map((found) => ({ ...found, ...wanted(found, { isTooLate: found.at > deciding }) })));
      },
      120_000,
    );
  });
}

/**
 * The last call by which the rotation learns what is current: the move of the label, or, once an undo has taken AWSPENDING
 * off, the read after it.
 */
function decidingCall(direction: Meeting['direction'], calls: readonly Call[]): number {
  const names = calls.map(({ name }) => name);
  return direction === 'forward'
    ? names.lastIndexOf('store.moveCurrent')
    : names.lastIndexOf('store.removePending') + 1;
}

interface Facts {
  /** Whether the rotation has come to its end, by itself. */
  readonly isOver: boolean;
  /** Whether the rotation stored a version. */
  readonly isBegun: boolean;
  /** Whether the value by hand is AWSCURRENT's, or AWSCURRENT's was made from it. */
  readonly isKept: boolean;
  /** AWSPENDING on AWSCURRENT's version, or on none. */
  readonly isLegal: boolean;
  readonly currentSignsIn: boolean;
  /** Whether a credential that the secret still holds, under whatever label, signs in. */
  readonly someSignsIn: boolean;
}

/** Carries a rotation out into which the owner acts, and looks at what it leaves. */
async function meet(ground: Ground, { strategy, direction, act, at }: Meeting): Promise<Facts> {
  let made = 0;
  const around: Race['around'] = (arranged) => async (_, make) => {
    made += 1;
    if (made === at + 1) await actByHand(ground, { arranged, act });
    return make();
  };
  return factsOf(ground, await runRace(ground, { strategy, direction, around }));
}

async function actByHand(
  { database, secrets }: Ground,
  { arranged, act }: { arranged: Arranged; act: Meeting['act'] },
): Promise<void> {
  const username = String(arranged.credentials.get('current')?.username);
  const password = randomPassword();
  if (act === 'sets a password and stores it') await database.setPasswords(username, [password]);
  const text = textOf({ address: database.address }, { username, password: new Sensitive(password) }, { note: byHand });
  await secrets.putByHand({ secretId: arranged.request.secretId, text });
}

async function factsOf({ database, secrets }: Ground, { arranged, end, versionIds }: Raced): Promise<Facts> {
  const { secretId, clientRequestToken } = arranged.request;
  const held = await secrets.labels(secretId);
  const current = Object.keys(held).find((id) => held[id]?.includes('AWSCURRENT')) ?? '';
  const pending = Object.keys(held).find((id) => held[id]?.includes('AWSPENDING')) ?? current;
  const signsIn = async (versionId: string): Promise<boolean> => {
    const { username, password } = credentialIn((await secrets.text({ secretId, versionId })) ?? '');
    return database.signsIn({ username, password: password.reveal() });
  };
  const value = JSON.parse((await secrets.text({ secretId, versionId: current })) ?? '') as { note?: string };
  const accepted = await Promise.all(versionIds.map(signsIn));
  return {
    isOver: end.kind === 'rotated' || end.kind === 'failed',
    isBegun: versionIds.includes(clientRequestToken),
    isKept: value.note === byHand,
    isLegal: pending === current,
    currentSignsIn: await signsIn(current),
    someSignsIn: accepted.includes(true),
  };
}

/**
 * What is stored and set by hand always signs in. A password that nobody has set is made to by whatever the strategy can
 * do for it; not where it came too late, or where the rotation was refused at its beginning.
 */
function wanted(
  { act, isBegun, currentSignsIn }: Facts & Pick<Meeting, 'act'>,
  { isTooLate }: { isTooLate: boolean },
): Omit<Facts, 'isBegun'> {
  const isOutOfHand = act === 'stores a password that nobody has set' && (isTooLate || !isBegun);
  return {
    isOver: true,
    isKept: true,
    isLegal: true,
    currentSignsIn: currentSignsIn || !isOutOfHand,
    someSignsIn: true,
  };
}
