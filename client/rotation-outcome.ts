import { WorkflowFailedError, type Client } from '@temporalio/client';
import { ApplicationFailure, CancelledFailure, TerminatedFailure } from '@temporalio/common';
import { rotationId } from '../rotation/rotation-id';
import type { RotateSecretResult } from '../workflows/rotate-secret';
import { RotationFailedError } from './errors';

/** What a rotation that succeeded tells. */
export type RotationOutcome = RotateSecretResult;

/**
 * Waits for the end of one rotation. Needs no worker.
 *
 * @throws RotationFailedError when it ended without a new password.
 */
export async function awaitOutcome(
  temporal: Client,
  { arn, runId }: { arn: string; runId: string },
): Promise<RotationOutcome> {
  try {
    return (await temporal.workflow.getHandle(rotationId(arn), runId).result()) as RotationOutcome;
  } catch (err) {
    throw err instanceof WorkflowFailedError ? failed(err.cause) : err;
  }
}

const undone = 'The password and the labels are as they were.';

function failed(cause: unknown): RotationFailedError {
  if (cause instanceof ApplicationFailure) {
    return new RotationFailedError(`${cause.message} ${undone}`, cause.type ?? 'UnexpectedError');
  }
  if (cause instanceof CancelledFailure)
    return new RotationFailedError(`The rotation was cancelled. ${undone}`, 'Cancelled');
  if (cause instanceof TerminatedFailure) {
    const what =
      'The rotation was terminated in Temporal, which nothing can answer: see `rotor status` for its labels.';
    return new RotationFailedError(what, 'Terminated');
  }
  return new RotationFailedError('The rotation ended in a way that Rotor does not know.', 'UnexpectedError');
}
