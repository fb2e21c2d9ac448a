import {
  WithStartWorkflowOperation,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
  WorkflowUpdateStage,
  type Client,
} from '@temporalio/client';
import { ApplicationFailure, WorkflowIdConflictPolicy } from '@temporalio/common';
import { RotationInProgressError } from '../rotation/errors';
import { rotationId } from '../rotation/rotation-id';
import { type RotationConfiguration } from '../rotation/rotation-request';
import { type SecretDescription } from '../rotation/secret-store';
import type { rotateSecret } from '../workflows';
import { requestRotationUpdate } from '../workflows/messages';
import { workflowTypes } from '../workflows/names';
import { type RotationStatus } from '../workflows/rotation-status';
import { askTemporal } from './ask-temporal';
import { WaitingForWorkerError } from './errors';

/** Asks for one rotation of one secret. */
export interface OwnerRequest {
  /** The full ARN. */
  readonly arn: string;
  /** The same id again is the same request. */
  readonly requestId: string;
  readonly clientRequestToken?: string;
  readonly configuration?: RotationConfiguration;
}

/**
 * Opens the owner of a rotation and asks it, in one call, whether it was opened by this very request: the start and the
 * update carry the same id, and an owner that another request opened refuses.
 */
export async function requestRotation(
  { temporal, taskQueue }: { temporal: Client; taskQueue: string },
  { arn, requestId, ...request }: OwnerRequest,
): Promise<{ versionId: string; runId: string }> {
  const update = await temporal.workflow.startUpdateWithStart(requestRotationUpdate, {
    args: [{ requestId }],
    updateId: requestId,
    waitForStage: WorkflowUpdateStage.ACCEPTED,
    startWorkflowOperation: new WithStartWorkflowOperation<typeof rotateSecret>(workflowTypes.owner, {
      workflowId: rotationId(arn),
      taskQueue,
      workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
      args: [{ ...request, secretId: arn, requestId, trigger: 'request' }],
      memo: { requestId },
    }),
  });
  const { clientRequestToken } = await update.result();
  return { versionId: clientRequestToken, runId: update.workflowRunId ?? clientRequestToken };
}

/** What a failed request means to whoever asked. */
export async function refusal(err: unknown, request: UnansweredRequest): Promise<unknown> {
  const { secret } = request;
  if (err instanceof WorkflowUpdateRPCTimeoutOrCancelledError) return unanswered(request);
  if (err instanceof WorkflowUpdateFailedError && err.cause instanceof ApplicationFailure) {
    const [progress] = (err.cause.details ?? []) as { clientRequestToken: string; step: string }[];
    if (progress && err.cause.type === 'RotationInProgress') return refusedFor(secret.arn, progress);
  }
  return err;
}

/** A request that got no rotation. */
export interface UnansweredRequest {
  readonly temporal: Client;
  readonly taskQueue: string;
  readonly secret: SecretDescription;
  readonly requestId: string;
}

/** Either no worker has answered, or Temporal itself has not. The owner's memo tells which request opened it. */
async function unanswered({ temporal, taskQueue, secret, requestId }: UnansweredRequest): Promise<Error> {
  const owner = temporal.workflow.getHandle(rotationId(secret.arn));
  const { memo, status } = await askTemporal(temporal, () => owner.describe());
  if (status.name === 'RUNNING' && memo?.requestId !== requestId) return inProgress(secret.arn, undefined);
  return new WaitingForWorkerError(
    `The rotation of ${secret.name} is accepted and waits for a worker: none answers on task queue "${taskQueue}". ` +
      'Start one with `rotor worker`; the rotation then begins by itself.',
  );
}

/** The refusal of a second rotation. */
export function inProgress(arn: string, rotation: RotationStatus | undefined): RotationInProgressError {
  const clientRequestToken = rotation?.clientRequestToken ?? 'not known yet';
  const step = rotation?.steps.at(-1)?.step ?? 'not begun';
  return refusedFor(arn, { clientRequestToken, step });
}

function refusedFor(
  arn: string,
  { clientRequestToken, step }: { clientRequestToken: string; step: string },
): RotationInProgressError {
  return new RotationInProgressError(
    `A rotation of this secret is in progress (token ${clientRequestToken}, step ${step}). Nothing was changed. ` +
      'Wait for it to end, and see how far it is with `rotor status`.',
    { secretId: arn, clientRequestToken },
  );
}
