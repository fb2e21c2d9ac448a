import { WorkflowNotFoundError, type Client, type WorkflowExecutionDescription } from '@temporalio/client';
import { rotationId } from '../rotation/rotation-id';
import { type VersionLabels } from '../rotation/staging-labels';
import { rotationStatusQuery } from '../workflows/messages';
import { type RotationStatus } from '../workflows/rotation-status';
import { askTemporal, deadlines } from './ask-temporal';
import { findLeftover, type LeftoverVersion } from './find-leftover';
import { describeSecret, type SecretPlaces, type UnreadLabels } from './find-secret';
import { lastRotation } from './last-rotation';
import { readSchedule, type PlannedRotation } from './rotation-schedules';

/** A step that failed and is tried again by itself. */
export interface RetriedStep {
  readonly step: string;
  /** The attempt that runs or comes next; the first is 1. */
  readonly attempt: number;
  /** The name of the domain error that ended the last attempt. */
  readonly type: string;
  readonly message: string;
}

/** One rotation: the open one, or the last one that Temporal still remembers. */
export interface DescribedRotation {
  readonly runId: string;
  readonly open: boolean;
  /** Temporal's word for how the workflow stands: RUNNING, COMPLETED, FAILED, CANCELLED, TERMINATED. */
  readonly workflowStatus: string;
  /** ISO 8601. */
  readonly startedAt: string;
  /** ISO 8601; undefined while it is open. */
  readonly endedAt: string | undefined;
  /** Undefined where no worker can be asked. */
  readonly status: RotationStatus | undefined;
  readonly retrying: RetriedStep | undefined;
}

/** Where a secret's rotation stands. */
export interface RotationDescription {
  readonly arn: string;
  readonly name: string;
  readonly labels: VersionLabels;
  /** Why the labels are missing: Secrets Manager does not find the secret, does not answer, or does not permit it. */
  readonly unread?: UnreadLabels;
  /** When the secret was last rotated, as far as Temporal remembers or its Schedule shows. ISO 8601. */
  readonly lastRotation: string | undefined;
  readonly rotation: DescribedRotation | undefined;
  readonly schedule: PlannedRotation | undefined;
  /** What bars the next rotation until it is resumed or discarded. */
  readonly leftover: LeftoverVersion | undefined;
}

/**
 * Reads labels, rotation and Schedule of a secret. Works without a worker, which then only the steps are missing of, and
 * by its full ARN also where the secret is deleted or Secrets Manager is away, which then only the labels are missing of.
 *
 * @throws SecretNotFoundError, StoreUnavailableError and the like, TemporalUnavailableError
 */
export async function describeRotation(
  { temporal, store }: SecretPlaces,
  secretId: string,
): Promise<RotationDescription> {
  const secret = await describeSecret({ temporal, store }, secretId);
  const { arn, name, labels, unread } = secret;
  const [rotation, schedule] = await Promise.all([
    describeRun(temporal, { arn }),
    askTemporal(temporal, () => readSchedule(temporal, arn), deadlines.schedule),
  ]);
  const last = await lastRotation(temporal, { arn, newest: rotation });
  const leftover = await findLeftover(store, { secret, rotation });
  return {
    arn,
    name,
    labels,
    ...(unread ? { unread } : {}),
    lastRotation: last ?? schedule?.lastRotation,
    rotation,
    schedule,
    leftover,
  };
}

/**
 * One run of a secret's owner, by default the newest; undefined where Temporal has none. A worker is given so long to tell
 * its status.
 */
export async function describeRun(
  temporal: Client,
  { arn, runId, patienceMs = 2_000 }: { arn: string; runId?: string; patienceMs?: number },
): Promise<DescribedRotation | undefined> {
  const handle = temporal.workflow.getHandle(rotationId(arn), runId);
  try {
    const [description, status] = await Promise.all([
      askTemporal(temporal, () => handle.describe()),
      askStatus(temporal, { query: () => handle.query(rotationStatusQuery), patienceMs }),
    ]);
    return summarise(description, status);
  } catch (err) {
    if (err instanceof WorkflowNotFoundError) return undefined;
    throw err;
  }
}

function summarise(description: WorkflowExecutionDescription, status: RotationStatus | undefined): DescribedRotation {
  return {
    runId: description.runId,
    open: description.status.name === 'RUNNING',
    workflowStatus: description.status.name,
    startedAt: description.startTime.toISOString(),
    endedAt: description.closeTime?.toISOString(),
    status,
    retrying: retriedStep(description),
  };
}

function retriedStep({ raw }: WorkflowExecutionDescription): RetriedStep | undefined {
  const pending = raw.pendingActivities?.find((activity) => activity.lastFailure);
  if (!pending?.lastFailure) return undefined;
  const { applicationFailureInfo, message } = pending.lastFailure;
  return {
    step: pending.activityType?.name ?? 'unknown',
    attempt: pending.attempt ?? 1,
    type: applicationFailureInfo?.type ?? 'Interrupted',
    message: message ?? '',
  };
}

/** The owner's own answer; undefined where no worker gives one. */
async function askStatus(
  temporal: Client,
  { query, patienceMs }: { query: () => Promise<RotationStatus>; patienceMs: number },
): Promise<RotationStatus | undefined> {
  try {
    return await temporal.withDeadline(Date.now() + patienceMs, query);
  } catch (err) {
    if (err instanceof WorkflowNotFoundError) throw err;
    return undefined;
  }
}
