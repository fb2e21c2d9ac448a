import { type SecretDescription, type SecretStore } from '../rotation/secret-store';
import { foreignPending } from '../rotation/staging-labels';
import { type RotationStatus } from '../workflows/rotation-status';

/** A version that holds AWSPENDING although no rotation is open that could go on with it. It bars the next one. */
export interface LeftoverVersion {
  readonly versionId: string;
  /** Since when nothing works on it, where the last rotation that Temporal remembers did. ISO 8601. */
  readonly since?: string;
}

/** What is known of the rotation that a secret had last. */
interface KnownRotation {
  readonly runId: string;
  readonly open: boolean;
  readonly endedAt: string | undefined;
  readonly status: Pick<RotationStatus, 'clientRequestToken'> | undefined;
}

/**
 * What is left over on a secret. Its labels may be older than what is known of its rotation, which moves them: what looks
 * left over is looked at again.
 */
export async function findLeftover(
  store: Pick<SecretStore, 'describe'>,
  { secret, rotation }: { secret: Pick<SecretDescription, 'arn' | 'labels'>; rotation: KnownRotation | undefined },
): Promise<LeftoverVersion | undefined> {
  const versionId = foreignPending(secret.labels, '');
  if (versionId === undefined || rotation?.open) return undefined;
  const { labels } = await store.describe(secret.arn);
  if (foreignPending(labels, '') !== versionId) return undefined;
  const { endedAt, runId, status } = rotation ?? {};
  const wasTheirs = (status?.clientRequestToken ?? runId) === versionId;
  return { versionId, ...(wasTheirs && endedAt !== undefined ? { since: endedAt } : {}) };
}
