import { type Client } from '@temporalio/client';
import { rotationId } from '../rotation/rotation-id';
import type { RotateSecretResult } from '../workflows/rotate-secret';
import { askEach, askTemporal } from './ask-temporal';

/** When a secret was last rotated, by the newest of its owners that did; undefined where Temporal remembers none. */
export async function lastRotation(temporal: Client, arn: string): Promise<string | undefined> {
  const query = `WorkflowId = "${rotationId(arn)}" AND ExecutionStatus = "Completed"`;
  for await (const { workflowId, runId } of askEach(temporal, temporal.workflow.list({ query }))) {
    const owner = temporal.workflow.getHandle(workflowId, runId);
    const { rotatedAt } = (await askTemporal(temporal, () => owner.result())) as RotateSecretResult;
    if (rotatedAt !== undefined) return rotatedAt;
  }
  return undefined;
}
