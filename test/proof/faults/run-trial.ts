import { type PasswordChange, type UserPair } from '../../../rotation/database-engine';
import { PermissionMissingError } from '../../../rotation/errors';
import { type StrategyName } from '../../../rotation/strategies/rotation-strategy';
import { carryOut, type End } from '../carry-out';
import { type Ground } from '../ground/ground';
import { arrange, type Arranged } from '../state-table/arrange';
import { look, type Seen } from '../state-table/look';
import { credentialIn } from '../state-table/secret-draft';
import { type Around, type Call, type CallUnderWay, withBoundary } from './boundary';
import { type Fault, faulty } from './faults';

/** Whether the rotation succeeds but for the fault, or its test fails for good, so that it is undone. */
export const directions = ['forward', 'back'] as const;

/** A rotation to carry out. */
export interface Trial {
  readonly strategy: StrategyName;
  readonly direction: (typeof directions)[number];
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
  /** How many versions of the secret have a value. */
  readonly versions: number;
  /** How many passwords the database was told that the secret did not hold before. */
  readonly newPasswords: number;
  /** Whether the database was told a password that the store does not have under the rotation's token. */
  readonly toldUnstored: boolean;
}

/** Carries a rotation of a secret of its own out, from its beginning to its end. */
export async function runTrial(ground: Ground, trial: Trial): Promise<Result> {
  const { strategy } = trial;
  const passwords = ground.database.hasSecondPasswords ? 'two' : 'one';
  const arranged = await arrange(ground, {
    ...{ strategy, passwords, step: 'createSecret', labels: 'no pending', database: 'current' },
  });
  const calls: Call[] = [];
  const told = new Set<string>();
  const around: Around = (call, make) => {
    const { step, name } = call;
    const at = calls.push({ step, name }) - 1;
    const password = passwordToldBy(call);
    if (password !== undefined) told.add(password);
    if (trial.direction === 'back' && step === 'testSecret' && name === 'engine.verifyCredential') {
      throw new PermissionMissingError('The test fails for good.');
    }
    return at === trial.hit?.at ? faulty[trial.hit.fault](call, make) : make();
  };
  const { secrets, database } = ground;
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
  return { calls, end, isAsked, ...(await look(ground, arranged)), ...(await passwordsOf(ground, { arranged, told })) };
}

/** The password that a call tells the database, of the calls that tell it one. */
function passwordToldBy({ name, given: [request] }: CallUnderWay): string | undefined {
  if (name === 'engine.changePassword') return (request as PasswordChange).newPassword.reveal();
  return name === 'engine.matchUser' ? (request as UserPair).alternate.password.reveal() : undefined;
}

async function passwordsOf(
  { secrets }: Ground,
  { arranged, told }: { arranged: Arranged; told: ReadonlySet<string> },
): Promise<Pick<Result, 'versions' | 'newPasswords' | 'toldUnstored'>> {
  const { secretId, clientRequestToken } = arranged.request;
  const stored = await secrets.text({ secretId, versionId: clientRequestToken });
  const before = [...arranged.credentials.values()].map(({ password }) => password.reveal());
  const fresh = [...told].filter((password) => !before.includes(password));
  const pending = stored === undefined ? undefined : credentialIn(stored).password.reveal();
  return {
    versions: (await secrets.versionIds(secretId)).length,
    newPasswords: fresh.length,
    toldUnstored: fresh.some((password) => password !== pending),
  };
}
