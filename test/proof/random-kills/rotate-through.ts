import { isGrpcServiceError } from '@temporalio/client';
import { type RotationClient } from '../../../client';
import { waitUntil } from '../../../local/supervisor';

/** One rotation of one secret. */
export interface AskedRotation {
  readonly secretId: string;
  readonly clientRequestToken: string;
}

/**
 * What a caller hears while something is down; nothing that a rotation ends with. A Temporal that has just come back does
 * not know its namespaces for a moment.
 */
const outages = ['NamespaceNotFoundError', 'StoreUnavailable', 'TemporalUnavailable', 'WaitingForWorker'];

/**
 * Asks for a rotation and waits for its end, as a patient caller: after an outage it asks again with the same token. Tells
 * when the next one is due (ISO 8601), as far as the rotation does.
 *
 * @throws RotationFailedError, the signal's reason, and an error when there is no end within the limit.
 */
export async function rotateThrough(
  client: RotationClient,
  { rotation, limitMs, signal }: { rotation: AskedRotation; limitMs: number; signal: AbortSignal },
): Promise<string | undefined> {
  let heard: unknown;
  let next: string | undefined;
  const isOver = async (): Promise<boolean> => {
    signal.throwIfAborted();
    try {
      next = (await client.outcome(await client.rotateSecret(rotation))).nextRotation;
      return true;
    } catch (err) {
      if (!isOutage(err)) throw err;
      heard = err;
      return false;
    }
  };
  if (await waitUntil(isOver, { limitMs, everyMs: 200 })) return next;
  throw new Error(`${rotation.secretId} was not rotated within ${limitMs} ms.`, { cause: heard });
}

function isOutage(err: unknown): boolean {
  return (
    err instanceof Error && (outages.includes(err.name) || isGrpcServiceError(err) || isGrpcServiceError(err.cause))
  );
}
