import { type Client } from '@temporalio/client';
import { lastRotationAttribute } from '../rotation/last-rotation-attribute';
import { rotationId } from '../rotation/rotation-id';
import { workflowTypes } from '../workflows/names';
import { waiting } from '../workflows/rotation-status';
import { searchAttributes } from '../workflows/search-attributes';

/** What stands out about all secrets that are rotated, each by its full ARN. */
export interface RotationSurvey {
  /** Rotations that should have happened and have not. */
  readonly overdue: ReadonlySet<string>;
  /** Rotations that wait for a person's decision, where the namespace has the search attributes. */
  readonly waiting: ReadonlySet<string>;
  /** When each secret was last rotated, where its Schedule tells. */
  readonly lastRotations: ReadonlyMap<string, Date>;
}

/** An instant that has passed by this much without its rotation is more than a late start. */
const lateMs = 10 * 60_000;
/** A rotation that is open for so long cannot get on by itself, or waits for a person. */
const stuckMs = 60 * 60_000;

/**
 * Looks at every Schedule and every open rotation of the namespace, without asking about any single one. Overdue are
 * Schedules that are not paused and whose next instant is ten minutes ago, and rotations open for more than an hour.
 */
export async function surveyRotations(temporal: Client, now: Date): Promise<RotationSurvey> {
  const overdue = new Set<string>();
  const undecided = new Set<string>();
  const lastRotations = new Map<string, Date>();
  const schedules = temporal.schedule.list({ query: startsWith('ScheduleId') });
  for await (const { scheduleId, state, info, typedSearchAttributes } of schedules) {
    const next = info.nextActionTimes[0];
    if (!state.paused && (!next || next.getTime() < now.getTime() - lateMs)) overdue.add(arnOf(scheduleId));
    const lastRotation = typedSearchAttributes?.get(lastRotationAttribute);
    if (lastRotation) lastRotations.set(arnOf(scheduleId), lastRotation);
  }
  const since = now.getTime() - stuckMs;
  const query = `${startsWith('WorkflowId')} AND WorkflowType = "${workflowTypes.owner}" AND ExecutionStatus = "Running"`;
  for await (const { workflowId, startTime, typedSearchAttributes } of temporal.workflow.list({ query })) {
    if (startTime.getTime() < since) overdue.add(arnOf(workflowId));
    if (typedSearchAttributes.get(searchAttributes.state) === waiting) undecided.add(arnOf(workflowId));
  }
  return { overdue, waiting: undecided, lastRotations };
}

function startsWith(attribute: string): string {
  return `${attribute} STARTS_WITH "${rotationId('')}"`;
}

/** A Schedule and the owner of the same secret's rotation have the same id, so that a secret counts once. */
function arnOf(id: string): string {
  return id.slice(rotationId('').length);
}
