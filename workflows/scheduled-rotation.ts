import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { ChildWorkflowCancellationType, executeChild, ParentClosePolicy } from '@temporalio/workflow';
import { rotationId } from '../rotation/rotation-id';
import { type RotationPlan } from '../rotation/rotation-request';
import { missedWindow, type MissedWindow } from './missed-window';
import { rotateSecret, type RotateSecretResult } from './rotate-secret';

/** `coalesced`: a rotation of the secret was open already, and is the one that the tick asked for. */
export type ScheduledRotationResult =
  | { readonly outcome: 'rotated'; readonly rotation: RotateSecretResult }
  | { readonly outcome: 'coalesced' }
  | MissedWindow;

/**
 * The tick that a Schedule starts: opens the owner of the secret's rotation and ends with it. One that comes while no
 * window of the rules is open, as the server makes up for an outage, opens none and arms the Schedule for the next window.
 *
 * Ending the tick, in whatever way, leaves the rotation alone. Cancelling a child needs the cancellation type as well as
 * the close policy, or a cancelled tick would cancel the rotation.
 */
export async function scheduledRotation(plan: RotationPlan): Promise<ScheduledRotationResult> {
  const missed = await missedWindow(plan);
  if (missed) return missed;
  const { secretId } = plan;
  try {
    const rotation = await executeChild(rotateSecret, {
      workflowId: rotationId(secretId),
      args: [{ secretId, plan, trigger: 'schedule' }],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      cancellationType: ChildWorkflowCancellationType.ABANDON,
    });
    return { outcome: 'rotated', rotation };
  } catch (err) {
    if (err instanceof WorkflowExecutionAlreadyStartedError) return { outcome: 'coalesced' };
    throw err;
  }
}
