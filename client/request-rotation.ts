import {
  WithStartWorkflowOperation,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
  WorkflowUpdateStage,
  type Client,
} from '@temporalio/client';
import { ApplicationFailure, WorkflowIdConflictPolicy } from '@temporalio/common';
import { tsToMs } from '@temporalio/common/lib/time';
import { RotationInProgressError } from '../rotation/errors';
import { rotationId } from '../rotation/rotation-id';
import { type RotationPlan } from '../rotation/rotation-request';
import type { rotateSecret } from '../workflows';
import { requestRotationUpdate, type RotationAccepted } from '../workflows/messages';
import { workflowTypes } from '../workflows/names';
import { type RotationStatus } from '../workflows/rotation-status';
import { askTemporal, deadlines } from './ask-temporal';
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

/** A worker asks for its next task at least so often. */
const longPollMs = 70_000;

/** Where rotations are started. */
export interface StartingPlace {
  readonly temporal: Client;
  readonly taskQueue: string;
}

/** What an owner that was opened by a request answers it. */
export interface AcceptedRotation {
  readonly versionId: string;
  readonly runId: string;
}

/**
 * Opens the owner of a rotation and asks it, in one call, whether it was opened by this very request: the start and the
 * update carry the same id, and an owner that another request opened refuses. A worker that is busy is waited for.
 *
 * @throws WaitingForWorkerError, RotationInProgressError, TemporalUnavailableError, and what the owner refuses with
 */
export async function requestRotation(place: StartingPlace, request: OwnerRequest): Promise<AcceptedRotation> {
  try {
    return await askTemporal(place.temporal, () => openOwner(place, request), deadlines.worker);
  } catch (err) {
    if (err instanceof WorkflowUpdateRPCTimeoutOrCancelledError) return lateAnswer(place, request);
    throw err;
  }
}

async function openOwner(
  { temporal, taskQueue }: StartingPlace,
  { arn, name, requestId, ...request }: OwnerRequest,
): Promise<AcceptedRotation> {
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

/**
 * The answer of an owner that was opened and has not answered in time. Where workers take tasks, they have much to do
 * and are waited for; without one it is said at once. The owner's memo tells which request opened it.
 */
async function lateAnswer(place: StartingPlace, request: OwnerRequest): Promise<AcceptedRotation> {
  const { temporal, taskQueue } = place;
  const { arn, name, requestId, clientRequestToken } = request;
  const owner = temporal.workflow.getHandle(rotationId(arn));
  const { memo, status, runId } = await askTemporal(temporal, () => owner.describe());
  const openedBy = memo?.requestId; // nothing where a tick or a signal opened it
  const isOurs = openedBy !== undefined && (openedBy === requestId || openedBy === clientRequestToken);
  if (status.name === 'RUNNING' && !isOurs) throw inProgress(arn, undefined);
  const versionId = isOurs && (await isPolled(place)) ? await tokenOf(temporal, { ...request, runId }) : undefined;
  if (versionId !== undefined) return { versionId, runId };
  throw new WaitingForWorkerError(
    `The rotation of ${name} is accepted and waits for a worker: none answers on task queue "${taskQueue}". ` +
      'Start one with `rotor worker`; the rotation then begins by itself.',
  );
}

/**
 * The token of the run that a request opened; undefined where no worker answers this time either. A Temporal that was
 * restarted meanwhile has lost the request, but not the run, which is accepted as it is.
 */
async function tokenOf(
  temporal: Client,
  { arn, runId, requestId, clientRequestToken = runId }: OwnerRequest & { runId: string },
): Promise<string | undefined> {
  const asked = temporal.workflow.getHandle(rotationId(arn), runId).getUpdateHandle<RotationAccepted>(requestId);
  try {
    return (await askTemporal(temporal, () => asked.result(), deadlines.busyWorker)).clientRequestToken;
  } catch (err) {
    if (err instanceof WorkflowUpdateRPCTimeoutOrCancelledError) return undefined;
    if (err instanceof WorkflowNotFoundError) return clientRequestToken;
    throw err;
  }
}

/** Whether a worker has asked for tasks within the last minute, which each that lives does. */
async function isPolled({ temporal, taskQueue }: StartingPlace): Promise<boolean> {
  const { namespace } = temporal.options;
  const request = { namespace, taskQueue: { name: taskQueue } };
  const { pollers } = await askTemporal(temporal, () => temporal.workflowService.describeTaskQueue(request));
  return pollers.some(({ lastAccessTime }) => Date.now() - tsToMs(lastAccessTime) < longPollMs);
}

/** What a failed request means to whoever asked. */
export function refusal(err: unknown, arn: string): unknown {
  const open = openRotationIn(err);
  return open ? refusedFor(arn, open) : err;
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
