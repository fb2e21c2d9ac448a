import { type PasswordChange, type UserPair } from '../../../rotation/database-engine';
import { PermissionMissingError } from '../../../rotation/errors';
import { carryOut, type End } from '../carry-out';
import { arrangeFor, type Course } from '../course';
import { type Ground } from '../ground/ground';
import { type Arranged } from '../state-table/arrange';
import { look, type Seen } from '../state-table/look';
import { credentialIn } from '../state-table/secret-draft';
import { type Around, type Call, type CallUnderWay, withBoundary } from './boundary';
import { beginFault, type Fault, type FaultUnderWay } from './faults';
import { Promotions } from './promotions';

/** A rotation to carry out. */
export interface Trial extends Course {
  /** Which call is hit, counted from the first, and how. @defaultValue none */
  readonly hit?: { readonly at: number; readonly fault: Fault };
}

/** What came of it. */
export interface Result extends Seen {
  /** Every call that was made of a port, in order. */
  readonly calls: readonly Call[];
  readonly end: End;
  /** Whether a person was asked to decide. */
  readonly isAsked: boolean;
  /** How often AWSCURRENT went to another version. */
  readonly promotions: number;
  /** How many versions of the secret have a value. */
  readonly versions: number;
  /** How many passwords the database was told that the secret did not hold before. */
  readonly newPasswords: number;
  /** Whether the database was told a password that the store does not have under the rotation's token. */
  readonly toldUnstored: boolean;
}

/** Carries a rotation of a secret of its own out, from its beginning to its end, and to that of all its attempts. */
export async function runTrial(ground: Ground, trial: Trial): Promise<Result> {
  const arranged = await arrangeFor(ground, trial);
  const { secrets, database } = ground;
  const calls: Call[] = [];
  const told = new Set<string>();
  const promotions = new Promotions(ground, arranged);
  const fault = trial.hit && beginFault(trial.hit.fault);
  const around: Around = (call, makeIt) => {
    const at = calls.push({ step: call.step, name: call.name }) - 1;
    const make = (): Promise<unknown> => {
      const password = passwordToldBy(call);
      if (password !== undefined) told.add(password);
      return promotions.watch(call, () => madeIn(trial.direction, { call, make: makeIt }));
    };
    return (aroundThe(fault, at === trial.hit?.at) ?? justMake)(call, make);
  };
  let isAsked = false;
  const end = await carryOut({
    request: arranged.request,
    decide: () => {
      isAsked = true;
      return trial.direction === 'forward' ? 'retry' : 'rollBack';
    },
    deps: (attempt) => {
      const { signal } = attempt;
      const deps = { store: secrets.store(signal), engineFor: database.engineFor(signal) };
      return withBoundary(deps, { attempt, around });
    },
  });
  await fault?.end?.();
  const found = { ...(await look(ground, arranged)), ...(await passwordsOf(ground, { arranged, told })) };
  return { calls, end, isAsked, promotions: promotions.count, ...found };
}

const justMake: Around = (_, make) => make();

function aroundThe(fault: FaultUnderWay | undefined, isHit: boolean): Around | undefined {
  return isHit ? fault?.hit : fault?.others;
}

/** A rotation that goes back is one whose test fails for good. */
export function madeIn(
  direction: Course['direction'],
  { call, make }: { call: Call; make: () => Promise<unknown> },
): Promise<unknown> {
  if (direction === 'forward' || call.step !== 'testSecret' || call.name !== 'engine.verifyCredential') return make();
  return Promise.reject(new PermissionMissingError('The test fails for good.'));
}

/** The password that a call tells the database, of the calls that tell it one. */
function passwordToldBy({ name, given: [request] }: CallUnderWay): string | undefined {
  if (name === 'engine.changePassword') return (request as PasswordChange).newPassword.reveal();
  return name === 'engine.matchUser' ? (request as UserPair).alternate.password.reveal() : undefined;
}

/** What the version of a closed token holds. */
const closed = '{}';

async function passwordsOf(
  { secrets }: Ground,
  { arranged, told }: { arranged: Arranged; told: ReadonlySet<string> },
): Promise<Pick<Result, 'versions' | 'newPasswords' | 'toldUnstored'>> {
  const { secretId, clientRequestToken } = arranged.request;
  const stored = await secrets.text({ secretId, versionId: clientRequestToken });
  const before = [...arranged.credentials.values()].map(({ password }) => password.reveal());
  const fresh = [...told].filter((password) => !before.includes(password));
  const pending = stored === undefined || stored === closed ? undefined : credentialIn(stored).password.reveal();
  return {
    versions: (await secrets.versionIds(secretId)).length,
    newPasswords: fresh.length,
    toldUnstored: fresh.some((password) => password !== pending),
  };
}
