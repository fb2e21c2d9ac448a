import { type StepDeps } from '../../../rotation/steps/step';
import { type Attempt, carryOut, type End } from '../carry-out';
import { type Course } from '../course';
import { type Around, type Call, withBoundary } from '../faults/boundary';
import { Promotions } from '../faults/promotions';
import { madeIn } from '../faults/run-trial';
import { type Ground } from '../ground/ground';
import { arrange, type Arranged } from '../state-table/arrange';
import { look, type Seen } from '../state-table/look';

/** A rotation that somebody else interferes with. */
export interface Race extends Course {
  /** Makes each call of the rotation, and does beside it what somebody else does. @defaultValue nothing */
  readonly around?: (arranged: Arranged) => Around;
  /** Told of each attempt, before it makes a call. */
  readonly onAttempt?: (arranged: Arranged, attempt: Attempt) => void;
}

/** What came of it. */
export interface Raced extends Seen {
  readonly arranged: Arranged;
  readonly calls: readonly Call[];
  readonly end: End;
  readonly versionIds: readonly string[];
  /** How often AWSCURRENT went to another version. */
  readonly promotions: number;
}

/** The ports as one attempt has them, with something around each call. */
export function portsFor({ secrets, database }: Ground, to: { attempt: Attempt; around: Around }): StepDeps {
  const { signal } = to.attempt;
  return withBoundary({ store: secrets.store(signal), engineFor: database.engineFor(signal) }, to);
}

/** Carries a rotation of a secret of its own out, with interference. */
export async function runRace(ground: Ground, { strategy, direction, around, onAttempt }: Race): Promise<Raced> {
  const passwords = ground.database.hasSecondPasswords ? 'two' : 'one';
  const arranged = await arrange(ground, {
    ...{ strategy, passwords, step: 'createSecret', labels: 'no pending', database: 'current' },
  });
  const interfere = around?.(arranged) ?? ((_, make) => make());
  const promotions = new Promotions(ground, arranged);
  const calls: Call[] = [];
  const end = await carryOut({
    request: arranged.request,
    deps: (attempt) => {
      onAttempt?.(arranged, attempt);
      return portsFor(ground, {
        attempt,
        around: (call, make) => {
          calls.push({ step: call.step, name: call.name });
          return interfere(call, () => promotions.watch(call, () => madeIn(direction, { call, make })));
        },
      });
    },
  });
  const versionIds = await ground.secrets.versionIds(arranged.request.secretId);
  return { arranged, calls, end, versionIds, promotions: promotions.count, ...(await look(ground, arranged)) };
}
