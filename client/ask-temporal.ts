import { isGrpcServiceError, WorkflowUpdateRPCTimeoutOrCancelledError, type Client } from '@temporalio/client';
import { TemporalUnavailableError } from './errors';

/** How long Temporal may take to answer. */
export const deadlines = {
  call: 10_000,
  /** Until it is asked whether a worker runs at all. */
  worker: 5_000,
  /** A worker that runs, and has hundreds of other rotations to begin. */
  busyWorker: 20_000,
  /** Around the instant at which a Schedule fires, the server takes five seconds to tell of it. */
  schedule: 15_000,
  /** Three credentials at a server that swallows packets. */
  stock: 60_000,
} as const;

/**
 * Makes a call to Temporal that cannot hang: one without an answer in time, and one that fails on the way, is
 * a `TemporalUnavailableError`. Temporal's own answers, such as "not found", are thrown as they are, and so is an update
 * without an answer: that can be for want of a worker.
 */
export async function askTemporal<Answer>(
  temporal: Client,
  call: () => Promise<Answer>,
  deadlineMs: number = deadlines.call,
): Promise<Answer> {
  try {
    return await temporal.withDeadline(Date.now() + deadlineMs, call);
  } catch (err) {
    const failure = transportFailure(err);
    if (!failure || err instanceof WorkflowUpdateRPCTimeoutOrCancelledError) throw err;
    throw new TemporalUnavailableError(
      `Temporal does not answer (${failure}). Check that it runs and that TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE are right.`,
    );
  }
}

/** Reads a list of Temporal's to its end, each page by {@link askTemporal}. */
export async function* askEach<Item>(temporal: Client, list: AsyncIterable<Item>): AsyncGenerator<Item, void> {
  const items = list[Symbol.asyncIterator]();
  for (;;) {
    const item = await askTemporal(temporal, () => items.next());
    if (item.done) return;
    yield item.value;
  }
}

/** gRPC's word for a call that did not arrive or was not permitted: CANCELLED, DEADLINE_EXCEEDED, UNAVAILABLE … */
function transportFailure(err: unknown): string | undefined {
  const cause = err instanceof Error && isGrpcServiceError(err.cause) ? err.cause : err;
  return isGrpcServiceError(cause) ? transportCodes.get(cause.code) : undefined;
}

const transportCodes: ReadonlyMap<number, string> = new Map([
  [1, 'cancelled'],
  [4, 'no answer in time'],
  [7, 'permission denied'],
  [14, 'not reachable'],
  [16, 'not signed in'],
]);
