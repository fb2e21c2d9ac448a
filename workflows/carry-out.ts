import { CancellationScope, metricMeter, patched, sleep } from '@temporalio/workflow';
import { type RotationRequest } from '../rotation/rotation-request';
import { type Stock } from '../rotation/steps/take-stock';
import { noticedWithin } from './activity-options';
import { type Reason } from './decision';
import { choicesFor, knownTruth } from './decision-text';
import { type Decisions } from './decisions';
import { isGone, mayComeLate, mayGoOn, reasonOf } from './domain-failure';
import { activities, type ForwardActivities } from './rotation-activities';
import { waiting } from './rotation-status';
import { secretGone } from './secret-gone';
import { type Timeline } from './timeline';

/** How a rotation that did not fail ended. */
export type CarriedOut =
  | { readonly outcome: 'rotated'; readonly previousVersionId: string }
  | { readonly outcome: 'abandoned'; readonly reason: Reason };

/** One rotation under one token. */
export interface RotationWork {
  readonly request: RotationRequest;
  /** The steps up to the pivot, within the time that the rotation may try; a person who decides sets it no limit. */
  readonly forward: ForwardActivities;
  readonly timeline: Timeline;
  readonly decisions: Decisions;
}

/** How far a rotation has come: what may have happened, because a call that timed out may have landed. */
interface Progress {
  mayStillBeStored: boolean;
  mayBeSet: boolean;
  tested: boolean;
}

/** Failures after which a tested rotation is not promoted: somebody else has decided about the secret. */
const givesWay: readonly string[] = ['RotationSuperseded', 'SecretNotFound'];

/**
 * Carries a rotation to its end, or back to its beginning. Before the pivot, testSecret, a failure undoes by itself; after
 * it there is only forward. Where neither succeeds, a person decides.
 *
 * @throws the failure that was undone.
 */
export async function carryOut(work: RotationWork): Promise<CarriedOut> {
  const progress = { mayStillBeStored: false, mayBeSet: false, tested: false };
  try {
    return await goForward(work, progress);
  } catch (err) {
    return recover(work, { progress, failure: err });
  }
}

/** A failure in a rotation, and how far that had come. */
interface Trouble {
  readonly progress: Progress;
  readonly failure: unknown;
}

async function goForward(work: RotationWork, progress: Progress): Promise<CarriedOut> {
  const { request, forward, timeline } = work;
  const { currentVersionId } = await timeline.run('createSecret', () => forward.createSecret(request));
  const rotation = { ...request, currentVersionId };
  progress.mayBeSet = true;
  await timeline.run('setSecret', () => forward.setSecret(rotation));
  await timeline.run('testSecret', () => forward.testSecret(rotation).then(proof));
  progress.tested = true;
  await CancellationScope.nonCancellable(() => timeline.run('finishSecret', () => activities.finishSecret(rotation)));
  return { outcome: 'rotated', previousVersionId: currentVersionId };
}

/** Goes back where that is the way, and asks a person for as long as a rotation stands still. */
async function recover(work: RotationWork, { progress, failure }: Trouble): Promise<CarriedOut> {
  if (!progress.mayBeSet && mayComeLate(failure)) progress.mayStillBeStored = true;
  let stopped = failure;
  let isBack = goesBack({ progress, failure });
  for (;;) {
    if (isBack) {
      const obstacle = await goBack(work, { progress, failure: stopped });
      if (obstacle === undefined) {
        work.timeline.events.tell('Undone', { reason: reasonOf(failure) });
        throw failure;
      }
      if (reasonOf(obstacle).type === 'SecretNotFound' && !patched('secret-gone')) throw failure; // as earlier builds did
      if (isGone(obstacle, work.request.secretId)) return { outcome: 'abandoned', reason: secretGone(progress) };
      stopped = obstacle;
    }
    const choice = await decide(work, { progress, failure: stopped });
    if (choice === 'abandon') return { outcome: 'abandoned', reason: reasonOf(stopped) };
    if (choice === 'retry') return tryAgain(work, progress);
    isBack = true;
  }
}

/**
 * Goes forward once more. A cancellation that comes now, before the pivot, undoes as it does the first time. Where the
 * rotation had been cancelled before the decision, none can come: Temporal takes one for each run, and the decision is
 * the later word.
 */
async function tryAgain(work: RotationWork, progress: Progress): Promise<CarriedOut> {
  work.timeline.enter('rotating');
  const wasCancelled = CancellationScope.current().consideredCancelled;
  const cancellable = !progress.tested && !wasCancelled && patched('cancel-after-retry');
  try {
    return await new CancellationScope({ cancellable }).run(() => goForward(work, progress));
  } catch (err) {
    return recover(work, { progress, failure: err });
  }
}

function goesBack({ progress, failure }: Trouble): boolean {
  return !progress.tested || givesWay.includes(reasonOf(failure).type);
}

/** Undoes, newest first, and stops at the first undo that fails, so that the live password is never discarded. */
async function goBack(work: RotationWork, { progress, failure }: Trouble): Promise<unknown> {
  work.timeline.enter('undoing');
  try {
    await CancellationScope.nonCancellable(async () => {
      // A worker that lives ends its attempt meanwhile. What comes later changes nothing, once the undo is through; but
      // until then setSecret could go on setting the password, so that the undo begins anew, or a person is asked.
      if (mayGoOn(failure)) await sleep(noticedWithin);
      await undo(work, progress);
    });
    return undefined;
  } catch (err) {
    return err;
  }
}

async function undo({ request, timeline }: RotationWork, { mayBeSet, mayStillBeStored }: Progress): Promise<void> {
  const created = { ...request, mayStillBeStored };
  const restore = (): Promise<unknown> => timeline.run('restoreCurrent', () => activities.restoreCurrent(request));
  const discard = (): Promise<unknown> => timeline.run('discardPending', () => activities.discardPending(created));
  if (!mayBeSet) {
    await discard();
    return;
  }
  await restore();
  try {
    await discard();
  } catch (err) {
    if (reasonOf(err).type !== 'SignInRefused') throw err;
    await restore(); // an attempt that was given up set the password in between
    await discard();
  }
}

async function decide(work: RotationWork, { progress, failure }: Trouble): ReturnType<Decisions['ask']> {
  const { request, timeline, decisions } = work;
  const reason = reasonOf(failure);
  return decisions.ask({
    reason,
    choices: choicesFor(request.clientRequestToken, progress),
    findTruth: async () => knownTruth(await whatIsTrue(work)),
    onAsked: () => {
      metricMeter.createCounter('rotor_decisions_needed', undefined, 'Rotations that a person was asked about').add(1);
      timeline.enter(waiting);
      timeline.events.tell('DecisionNeeded', { reason });
    },
  });
}

/** Which credentials sign in and where the labels are; undefined where that could not be found out. */
export async function whatIsTrue({ request, timeline }: RotationWork): Promise<Stock | undefined> {
  try {
    return await CancellationScope.nonCancellable(async () => {
      const { current, pending, previous } = await timeline.run('takeStock', () => activities.takeStock(request));
      return { ...(current && { current }), ...(pending && { pending }), ...(previous && { previous }) };
    });
  } catch {
    return undefined;
  }
}

/** A proof changes nothing, and yet is never done already. */
export function proof({ attempt }: { attempt: number }): { attempt: number } {
  return { attempt };
}
