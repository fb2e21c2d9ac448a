import { type Client } from '@temporalio/client';
import { rotationId } from '../rotation/rotation-id';
import type { RotateSecretResult } from '../workflows/rotate-secret';
import { askEach, askTemporal } from './ask-temporal';

/**
 * When a secret was last rotated, by the newest of its owners that did; undefined where Temporal remembers none. The
 * newest run is asked itself, because lists tell of an end a moment later.
 */
export async function lastRotation(
  temporal: Client,
  { arn, newest }: { arn: string; newest: { runId: string; workflowStatus: string } | undefined },
): Promise<string | undefined> {
  if (!newest) return undefined;
  const own =
    newest.workflowStatus === 'COMPLETED' ? await rotatedAt(temporal, { arn, runId: newest.runId }) : undefined;
  if (own !== undefined) return own;
  const query = `WorkflowId = "${rotationId(arn)}" AND ExecutionStatus = "Completed"`;
  for await (const { runId } of askEach(temporal, temporal.workflow.list({ query }))) {
    const earlier = await rotatedAt(temporal, { arn, runId });
    if (earlier !== undefined) return earlier;
  }
  return undefined;
}

async function rotatedAt(
  temporal: Client,
  { arn, runId }: { arn: string; runId: string },
): Promise<string | undefined> {
  const owner = temporal.workflow.getHandle(rotationId(arn), runId);
  return ((await askTemporal(temporal, () => owner.result())) as RotateSecretResult).rotatedAt;
}
