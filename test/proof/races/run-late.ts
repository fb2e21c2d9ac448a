import { PermissionMissingError, StoreUnavailableError } from '../../../rotation/errors';
import { createSecret } from '../../../rotation/steps/create-secret';
import { type Around } from '../faults/boundary';
import { type Ground } from '../ground/ground';
import { type Arranged } from '../state-table/arrange';
import { look } from '../state-table/look';
import { portsFor, type Race, type Raced, runRace } from './run-race';
import { unheardAttempt } from './unheard-attempt';

/** An attempt of createSecret that hangs, and goes on when its rotation was given up. */
export interface Late extends Pick<Race, 'strategy'> {
  /** Before which of its calls it hangs, counted from the first. */
  readonly hangsBefore: number;
  /** Before which call of the undo it goes on; Infinity: once all is over. */
  readonly goesOnBefore: number;
}

/** Stops an attempt before one of its calls until it is let go on. */
class Hang {
  /** Resolves when the attempt hangs, or has ended without. */
  readonly reached: Promise<void>;
  readonly #before: number;
  #calls = 0;
  #reach: () => void = () => undefined;
  #release: () => void = () => undefined;
  readonly #released: Promise<void>;

  constructor(before: number) {
    this.#before = before;
    this.reached = new Promise((resolve) => (this.#reach = resolve));
    this.#released = new Promise((resolve) => (this.#release = resolve));
  }

  readonly around: Around = async (_, make) => {
    this.#calls += 1;
    if (this.#calls === this.#before + 1) {
      this.#reach();
      await this.#released;
    }
    return make();
  };

  goOn(): void {
    this.#reach();
    this.#release();
  }
}

/**
 * Carries out a rotation whose createSecret hangs, is tried again and refused for good, so that it is undone; the attempt
 * that hung goes on in the midst of the undo, or after it, to its end.
 */
export async function runLate(ground: Ground, { strategy, hangsBefore, goesOnBefore }: Late): Promise<Raced> {
  const hang = new Hang(hangsBefore);
  let late: Promise<unknown> | undefined;
  let undoing = 0;
  const around: Race['around'] =
    (arranged) =>
    async ({ step }, make) => {
      if (step === 'createSecret') {
        if (late) throw new PermissionMissingError('Refused for good.');
        late = hangingAttempt(ground, { arranged, hang });
        await Promise.race([hang.reached, late]);
        throw new StoreUnavailableError('The attempt is given up.');
      }
      if (step === 'discardPending') {
        if (undoing === goesOnBefore) await ended(hang, late);
        undoing += 1;
      }
      return make();
    };
  const raced = await runRace(ground, { strategy, direction: 'forward', around });
  await ended(hang, late);
  const versionIds = await ground.secrets.versionIds(raced.arranged.request.secretId);
  return { ...raced, versionIds, ...(await look(ground, raced.arranged)) };
}

async function ended(hang: Hang, late: Promise<unknown> | undefined): Promise<void> {
  hang.goOn();
  await late;
}

async function hangingAttempt(ground: Ground, { arranged, hang }: { arranged: Arranged; hang: Hang }): Promise<void> {
  const deps = portsFor(ground, { attempt: unheardAttempt('createSecret'), around: hang.around });
  await createSecret(deps, arranged.request).catch(() => undefined);
}
