import {
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
  type Client,
} from '@temporalio/client';
import { rotationId } from '../rotation/rotation-id';
import { type OpenQuestion } from '../workflows/decision';
import { askAgainUpdate } from '../workflows/messages';
import { askTemporal, deadlines } from './ask-temporal';
import { DecisionRefusedError, WaitingForWorkerError } from './errors';

/**
 * Has a rotation that waits for a decision find out again which credentials sign in and where the labels are. It goes on
 * waiting. Safe to repeat.
 *
 * @throws DecisionRefusedError when no rotation waits for a decision.
 * @throws WaitingForWorkerError when no worker answers in time.
 */
export async function askAgain(
  temporal: Client,
  { arn, name }: { readonly arn: string; readonly name: string },
): Promise<OpenQuestion> {
  const owner = temporal.workflow.getHandle(rotationId(arn));
  try {
    return await askTemporal(temporal, () => owner.executeUpdate(askAgainUpdate), deadlines.stock);
  } catch (err) {
    if (err instanceof WorkflowNotFoundError) throw new DecisionRefusedError(`${name}: No rotation is under way.`);
    if (err instanceof WorkflowUpdateFailedError) {
      throw new DecisionRefusedError(`${name}: ${err.cause?.message ?? 'It cannot be asked again.'}`);
    }
    if (!(err instanceof WorkflowUpdateRPCTimeoutOrCancelledError)) throw err;
    throw new WaitingForWorkerError(
      `${name}: No answer within a minute. \`rotor status ${name}\` shows whether it is still being found out (takeStock); ` +
        'where it is not, start a worker with `rotor worker`.',
    );
  }
}
