import { CancellationScope, patched, sleep } from '@temporalio/workflow';
import { type Stock } from '../rotation/steps/take-stock';
import { noticedWithin } from './activity-options';
import { whatIsTrue } from './carry-out';
import { type Reason } from './decision';
import { mayGoOn, reasonOf } from './domain-failure';
import { asOwner, type OwnerInput, type OwnerResult, type OwnerWork } from './owner';
import { activities } from './rotation-activities';

/** What mending a secret tells. */
export interface MendSecretResult extends OwnerResult {
  /** `abandoned` where it was cancelled, and nobody can tell whether it had been done by then. */
  readonly outcome: 'reconciled' | 'discarded' | 'abandoned';
  /** Why it was abandoned. */
  readonly reason?: Reason;
}

/** One way of mending a secret. */
interface Mending {
  readonly step: 'reconcile' | 'discardPending';
  readonly outcome: 'reconciled' | 'discarded';
  /** Whether it is done; undefined where that cannot be told. */
  readonly isDone: (stock: Stock) => boolean | undefined;
}

const reconciling: Mending = {
  step: 'reconcile',
  outcome: 'reconciled',
  isDone: ({ current }) =>
    current?.signsIn === 'accepted' || current?.signsIn === 'refused' ? current.signsIn === 'accepted' : undefined,
};

const discarding: Mending = {
  step: 'discardPending',
  outcome: 'discarded',
  isDone: ({ pending }) => !pending?.labels.includes('AWSPENDING'),
};

const unknown: Reason = {
  type: 'Cancelled',
  message: 'It was cancelled, and whether it had been done by then could not be found out.',
};

/**
 * Makes the database accept AWSCURRENT's credential by the superuser's word alone, under the lock of the secret's
 * rotation. Moves no label.
 */
export async function reconcileSecret(input: OwnerInput): Promise<MendSecretResult> {
  return asOwner(input, { act: (work) => mend(work, reconciling) });
}

/**
 * Takes AWSPENDING off the version `clientRequestToken`, which somebody else left there, once the current credential is
 * proved to work; under the lock of the secret's rotation.
 */
export async function discardLeftover(input: OwnerInput): Promise<MendSecretResult> {
  return asOwner(input, { act: (work) => mend(work, discarding) });
}

/** Nothing takes back what a step did that was cancelled, so the world is asked whether it did it. */
async function mend(work: OwnerWork, mending: Mending): Promise<Pick<MendSecretResult, 'outcome' | 'reason'>> {
  const { request, timeline } = work;
  const { step, outcome, isDone } = mending;
  try {
    await timeline.run(step, () => activities[step](request));
    return { outcome };
  } catch (err) {
    if (reasonOf(err).type !== 'Cancelled' || !patched('cancelled-mending')) throw err;
    if (mayGoOn(err)) await CancellationScope.nonCancellable(() => sleep(noticedWithin));
    const stock = await whatIsTrue(work);
    const done = stock && isDone(stock);
    if (done === undefined) return { outcome: 'abandoned', reason: unknown };
    if (done) return { outcome };
    throw err;
  }
}
