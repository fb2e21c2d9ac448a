import { createSecret } from '../../../rotation/steps/create-secret';
import { discardPending } from '../../../rotation/steps/discard-pending';
import { finishSecret } from '../../../rotation/steps/finish-secret';
import { restoreCurrent } from '../../../rotation/steps/restore-current';
import { setSecret } from '../../../rotation/steps/set-secret';
import { testSecret } from '../../../rotation/steps/test-secret';
import { type Attempt } from '../carry-out';
import { type Ground } from '../ground/ground';
import { type Arranged } from '../state-table/arrange';
import { look } from '../state-table/look';
import { portsFor, type Race, type Raced, runRace } from './run-race';
import { Turns } from './turns';
import { unheardAttempt } from './unheard-attempt';

const stepsByName = { createSecret, setSecret, testSecret, finishSecret, restoreCurrent, discardPending } as const;

/** A step that two attempts carry out at the same moment. */
export interface Twice extends Pick<Race, 'strategy' | 'direction'> {
  readonly step: keyof typeof stepsByName;
  /** By how many calls the attempt that was given up is ahead; negative: behind. */
  readonly lead: number;
}

/**
 * Carries a rotation out in which one step has an attempt beside the one that counts, as where a worker that was thought
 * dead lives. Both run to their end, that of the other one in the midst of later steps.
 */
export async function runTwice(ground: Ground, { step, lead, ...course }: Twice): Promise<Raced> {
  const turns = new Turns(lead);
  let givenUp: Promise<unknown> | undefined;
  const onAttempt = (arranged: Arranged, attempt: Attempt): void => {
    if (givenUp) turns.end('counts');
    else if (attempt.step === step) {
      givenUp = attemptBeside(ground, { arranged, step, turns }).finally(() => {
        turns.end('given up');
      });
    }
  };
  const around: Race['around'] = () => (call, make) => (call.step === step ? turns.take('counts', make) : make());
  const raced = await runRace(ground, { ...course, onAttempt, around });
  turns.end('counts');
  await givenUp;
  const versionIds = await ground.secrets.versionIds(raced.arranged.request.secretId);
  return { ...raced, versionIds, ...(await look(ground, raced.arranged)) };
}

async function attemptBeside(
  ground: Ground,
  { arranged, step, turns }: { arranged: Arranged; step: Twice['step']; turns: Turns },
): Promise<void> {
  const deps = portsFor(ground, { attempt: unheardAttempt(step), around: (_, make) => turns.take('given up', make) });
  const rotation = { ...arranged.request, currentVersionId: arranged.startVersionId };
  await Promise.resolve();
  await stepsByName[step](deps, rotation).catch(() => undefined);
}
