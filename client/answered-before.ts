import { randomUUID } from 'node:crypto';
import { type Client } from '@temporalio/client';
import { rotationId } from '../rotation/rotation-id';
import { type SecretDescription } from '../rotation/secret-store';
import { foreignPending, holderOf } from '../rotation/staging-labels';
import { askEach } from './ask-temporal';
import { type RotationHandle } from './rotation-client';

/**
 * The answer to a token that was asked for before: by the run that Temporal remembers, else by the label of the version
 * that its rotation made. Undefined for a new token, and for one whose rotation ended without taking AWSPENDING off its
 * version: to ask for that one is to go on with it.
 */
export async function answeredBefore(
  temporal: Client,
  { secret, token }: { secret: SecretDescription; token: string | undefined },
): Promise<RotationHandle | undefined> {
  if (token === undefined || isPending(secret, token)) return undefined;
  const { arn, name, labels } = secret;
  const runId = await runOf(temporal, { arn, token });
  if (runId !== undefined) return { arn, name, versionId: token, runId };
  const done = labels[token]?.some((label) => label === 'AWSCURRENT' || label === 'AWSPREVIOUS');
  return done ? { arn, name, versionId: token } : undefined;
}

/** A token is its own request id, so that Temporal knows it again; one that is gone on with needs a new one. */
export function requestIdFor(secret: SecretDescription, token: string | undefined): string {
  return token === undefined || isPending(secret, token) ? randomUUID() : token;
}

function isPending({ labels }: SecretDescription, token: string): boolean {
  return holderOf(labels, 'AWSPENDING') === token && foreignPending(labels, '') === token;
}

async function runOf(temporal: Client, { arn, token }: { arn: string; token: string }): Promise<string | undefined> {
  const runs = temporal.workflow.list({ query: `WorkflowId = "${rotationId(arn)}"` });
  for await (const { memo, runId } of askEach(temporal, runs)) {
    if (memo?.requestId === token) return runId;
  }
  return undefined;
}
