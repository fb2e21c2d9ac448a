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
import { type RotationPlan } from '../rotation/rotation-request';
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
  readonly plan?: RotationPlan;
  readonly rotateImmediately?: boolean;
  /** Whether the token is that of a version which somebody else left under AWSPENDING. */
  readonly takeOver?: boolean;
  /** For people who look at the workflow. */
  readonly name: string;
}

/**
 * Opens the owner of a rotation and asks it, in one call, whether it was opened by this very request: the start and the
 * update carry the same id, and an owner that another request opened refuses.
 */
export async function requestRotation(
  { temporal, taskQueue }: { temporal: Client; taskQueue: string },
  { arn, name, requestId, ...request }: OwnerRequest,
): Promise<{ versionId: string; runId: string }> {
  const update = await temporal.workflow.startUpdateWithStart(requestRotationUpdate, {
    args: [{ requestId }],
    updateId: requestId,
    waitForStage: WorkflowUpdateStage.ACCEPTED,
    startWorkflowOperation: new WithStartWorkflowOperation<typeof rotateSecret>(workflowTypes.owner, {
      workflowId: rotationId(arn),
      taskQueue,
      staticSummary: `rotation of ${name}`,
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
  const open = openRotationIn(err);
  if (open) return refusedFor(secret.arn, open);
  return err;
}

/** A request that got no rotation. */
export interface UnansweredRequest {
  readonly temporal: Client;
  readonly taskQueue: string;
  readonly secret: SecretDescription;
  readonly requestId: string;
  /** The token that was asked for: a run that an earlier request for it opened is this caller's too. */
  readonly clientRequestToken?: string | undefined;
}

/** Either no worker has answered, or Temporal itself has not. The owner's memo tells which request opened it. */
async function unanswered(request: UnansweredRequest): Promise<Error> {
  const { temporal, taskQueue, secret, requestId, clientRequestToken } = request;
  const owner = temporal.workflow.getHandle(rotationId(secret.arn));
  const { memo, status } = await askTemporal(temporal, () => owner.describe());
  const isOurs = memo?.requestId === requestId || memo?.requestId === clientRequestToken;
  if (status.name === 'RUNNING' && !isOurs) return inProgress(secret.arn, undefined);
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

/** The refusal where nothing works on the rotation that has not ended. */
export function leftOver(arn: string, versionId: string): RotationInProgressError {
  return new RotationInProgressError(
    `Another rotation of this secret has not ended: version ${versionId} holds AWSPENDING, and nothing works on it. ` +
      'Nothing was changed. Go on with it by `rotor resume --pending`, or take the label off by `rotor discard`; both prove ' +
      'first which password works.',
    { secretId: arn, versionId },
  );
}

/** The run that works on a token, where that is why a request for this very token failed. */
export function runOfSameToken(err: unknown, token: string | undefined): string | undefined {
  const open = openRotationIn(err);
  return open?.clientRequestToken === token ? open?.runId : undefined;
}

function openRotationIn(err: unknown): OpenRotation | undefined {
  if (!(err instanceof WorkflowUpdateFailedError) || !(err.cause instanceof ApplicationFailure)) return undefined;
  const [open] = (err.cause.details ?? []) as OpenRotation[];
  return err.cause.type === 'RotationInProgress' ? open : undefined;
}

/** What an owner tells whoever it refuses. */
interface OpenRotation {
  readonly clientRequestToken: string;
  readonly step: string;
  readonly runId?: string;
}

function refusedFor(arn: string, { clientRequestToken, step }: OpenRotation): RotationInProgressError {
  return new RotationInProgressError(
    `A rotation of this secret is in progress (token ${clientRequestToken}, step ${step}). Nothing was changed. ` +
      'Wait for it to end, and see how far it is with `rotor status`.',
    { secretId: arn, clientRequestToken },
  );
}
