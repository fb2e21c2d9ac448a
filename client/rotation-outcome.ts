import { WorkflowFailedError, type Client } from '@temporalio/client';
import { ApplicationFailure, CancelledFailure, TerminatedFailure } from '@temporalio/common';
import { rotationId } from '../rotation/rotation-id';
import type { MendSecretResult } from '../workflows/mend-secret';
import type { RotateSecretResult } from '../workflows/rotate-secret';
import { RotationFailedError } from './errors';

/** What a rotation, or what mended a secret, tells that did not fail. */
export interface RotationOutcome extends Omit<RotateSecretResult, 'outcome'> {
  readonly outcome: RotateSecretResult['outcome'] | MendSecretResult['outcome'];
}

/**
 * Waits for the end of one rotation. Needs no worker.
 *
 * @throws RotationFailedError when it ended without a new password.
 */
export async function awaitOutcome(
  temporal: Client,
  { arn, name, runId }: { arn: string; name: string; runId: string },
): Promise<RotationOutcome> {
  const outcome = await result(temporal, { arn, name, runId });
  if (outcome.outcome !== 'abandoned') return outcome;
  const { type = 'Abandoned', message = '' } = outcome.reason ?? {};
  throw new RotationFailedError(`${name}: ${message} The rotation was abandoned: see \`rotor status ${name}\`.`, type);
}

async function result(
  temporal: Client,
  { arn, name, runId }: { arn: string; name: string; runId: string },
): Promise<RotationOutcome> {
  try {
    return (await temporal.workflow.getHandle(rotationId(arn), runId).result()) as RotationOutcome;
  } catch (err) {
    throw err instanceof WorkflowFailedError ? failed(name, err.cause) : err;
  }
}

const undone = 'The password and the labels are as they were.';

function failed(name: string, cause: unknown): RotationFailedError {
  if (cause instanceof ApplicationFailure) {
    return new RotationFailedError(`${name}: ${cause.message} ${undone}`, cause.type ?? 'UnexpectedError');
  }
  if (cause instanceof CancelledFailure)
    return new RotationFailedError(`${name}: The rotation was cancelled. ${undone}`, 'Cancelled');
  if (cause instanceof TerminatedFailure) {
    return new RotationFailedError(
      `${name}: The rotation was terminated in Temporal, which undoes nothing: see \`rotor status ${name}\` for its labels.`,
      'Terminated',
    );
  }
  return new RotationFailedError(`${name}: The rotation ended in a way that Rotor does not know.`, 'UnexpectedError');
}
