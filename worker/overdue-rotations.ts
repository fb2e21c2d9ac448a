import { type Client } from '@temporalio/client';
import { rotationId } from '../rotation/rotation-id';
import { workflowTypes } from '../workflows/names';

/** An instant that has passed by this much without its rotation is more than a late start. */
const lateMs = 10 * 60_000;
/** A rotation that is open for so long cannot get on by itself, or waits for a person. */
const stuckMs = 60 * 60_000;

/**
 * How many secrets are overdue: rotations that should have happened and have not. Those are Schedules that are not
 * paused and whose next instant is ten minutes ago, and rotations that are open for more than an hour.
 */
export async function countOverdue(temporal: Client, now: Date): Promise<number> {
  const overdue = new Set<string>();
  for await (const { scheduleId, state, info } of temporal.schedule.list({ query: startsWith('ScheduleId') })) {
    const next = info.nextActionTimes[0];
    if (!state.paused && (!next || next.getTime() < now.getTime() - lateMs)) overdue.add(scheduleId);
  }
  const since = new Date(now.getTime() - stuckMs).toISOString();
  const query = `${startsWith('WorkflowId')} AND WorkflowType = "${workflowTypes.owner}" AND ExecutionStatus = "Running"`;
  for await (const { workflowId } of temporal.workflow.list({ query: `${query} AND StartTime < "${since}"` })) {
    overdue.add(workflowId);
  }
  return overdue.size;
}

/** A Schedule and the owner of the same secret's rotation have the same id, so that a secret counts once. */
function startsWith(attribute: string): string {
  return `${attribute} STARTS_WITH "${rotationId('')}"`;
}
