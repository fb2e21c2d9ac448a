import { CancellationScope } from '@temporalio/workflow';
import { type RotationRequest } from '../rotation/rotation-request';
import { reasonOf } from './event-reason';
import { activities } from './rotation-activities';
import { type Timeline } from './timeline';

/**
 * Carries a rotation to its end, or back to its beginning. Returns the version that was current before.
 *
 * An undo is registered before its step, because a call that timed out may have landed.
 */
export async function carryOut(request: RotationRequest, timeline: Timeline): Promise<string> {
  const undo: (() => Promise<unknown>)[] = [];
  try {
    undo.unshift(() => timeline.run('discardPending', () => activities.discardPending(request)));
    const { currentVersionId } = await timeline.run('createSecret', () => activities.createSecret(request));
    const rotation = { ...request, currentVersionId };
    undo.unshift(() => timeline.run('restoreCurrent', () => activities.restoreCurrent(request)));
    await timeline.run('setSecret', () => activities.setSecret(rotation));
    await timeline.run('testSecret', () => activities.testSecret(rotation).then(proof));
    await CancellationScope.nonCancellable(() => timeline.run('finishSecret', () => activities.finishSecret(rotation)));
    return currentVersionId;
  } catch (err) {
    timeline.enter('undoing');
    await CancellationScope.nonCancellable(async () => {
      for (const revert of undo) await revert(); // stops at the first that fails, so the live password is never discarded
    });
    timeline.events.tell('Undone', { reason: reasonOf(err) });
    throw err;
  }
}

/** A proof changes nothing, and yet is never done already. */
export function proof({ attempt }: { attempt: number }): { attempt: number } {
  return { attempt };
}
