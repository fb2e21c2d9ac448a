import { type RotationOf } from '../../support/end-states';
import { type RotorUnderTest } from '../../support/rotor-under-test';

/** The builds whose workers got on with a rotation, in their order: by the names of their deployment, else by the SDK's. */
export async function buildsOf(
  rotor: RotorUnderTest,
  { application: { arn }, rotation: { runId } }: RotationOf,
): Promise<string[]> {
  const { events } = await rotor.owner(arn, runId).fetchHistory();
  const ids = events?.map(({ workflowTaskCompletedEventAttributes: completed }) => {
    return completed?.deploymentVersion?.buildId ?? completed?.workerVersion?.buildId ?? '';
  });
  return [...new Set(ids?.filter((id) => id !== ''))];
}
