import { WorkflowNotFoundError, WorkflowUpdateFailedError, type Client } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { rotationId } from '../rotation/rotation-id';
import { type DecisionAccepted, type DecisionRequest } from '../workflows/decision';
import { decideUpdate } from '../workflows/messages';
import { askTemporal } from './ask-temporal';
import { DecisionRefusedError } from './errors';

/**
 * Sends a decision to the owner of a secret's rotation.
 *
 * @throws DecisionRefusedError when no rotation waits for one, or another one was made.
 */
export async function decideRotation(
  temporal: Client,
  { arn, name, ...decision }: DecisionRequest & { readonly arn: string; readonly name: string },
): Promise<DecisionAccepted> {
  const owner = temporal.workflow.getHandle(rotationId(arn));
  const request = { by: temporal.options.identity, ...decision };
  try {
    return await askTemporal(temporal, () => owner.executeUpdate(decideUpdate, { args: [request] }));
  } catch (err) {
    if (err instanceof WorkflowNotFoundError) throw new DecisionRefusedError(`${name}: No rotation is under way.`);
    if (err instanceof WorkflowUpdateFailedError && err.cause instanceof ApplicationFailure) {
      throw new DecisionRefusedError(`${name}: ${err.cause.message}`);
    }
    throw err;
  }
}
