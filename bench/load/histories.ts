import { type RotationHandle } from '../../client';
import { rotationId } from '../../rotation/rotation-id';
import { type BenchStack } from '../stack/start-bench-stack';

/** What Temporal wrote down of one rotation. */
export interface HistorySize {
  readonly events: number;
  readonly workflowTasks: number;
  readonly activities: number;
}

/** Reads the history of a rotation. */
export async function historySize(
  { temporal }: Pick<BenchStack, 'temporal'>,
  { arn, runId }: RotationHandle,
): Promise<HistorySize> {
  const { events } = await temporal.workflow.getHandle(rotationId(arn), runId).fetchHistory();
  const all = events ?? [];
  return {
    events: all.length,
    workflowTasks: all.filter((event) => event.workflowTaskCompletedEventAttributes).length,
    activities: all.filter((event) => event.activityTaskCompletedEventAttributes).length,
  };
}
