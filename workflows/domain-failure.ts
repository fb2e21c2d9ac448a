import { ActivityFailure, ApplicationFailure, isCancellation, TimeoutFailure } from '@temporalio/workflow';
import { type Reason } from './decision';

/**
 * The failure that the workflow ends with: an activity's own failure without its wrapping, so that the domain error is
 * the workflow's failure type. Anything else, cancellation among it, passes as it is.
 */
export function domainFailure(err: unknown): unknown {
  const cause = causeOf(err);
  if (!cause) return err;
  const { type, message } = reasonOf(err);
  const details = cause instanceof ApplicationFailure ? (cause.details ?? []) : [];
  const failure = ApplicationFailure.create({ message, type, details, nonRetryable: true });
  failure.stack = `${failure.name}: ${failure.message}`; // the history is no place for the paths of a worker's machine
  return failure;
}

/** What a failure is by name, and what it says to an operator. */
export function reasonOf(err: unknown): Reason {
  const cause = causeOf(err) ?? err;
  if (cause instanceof ApplicationFailure) return { type: cause.type ?? 'UnexpectedError', message: cause.message };
  if (cause instanceof TimeoutFailure) return { type: 'GaveUp', message: gaveUp(err, cause) };
  if (isCancellation(err)) return { type: 'Cancelled', message: 'The rotation was cancelled.' };
  return { type: 'UnexpectedError', message: 'The rotation met an error that it does not know. Please report it.' };
}

function causeOf(err: unknown): ApplicationFailure | TimeoutFailure | undefined {
  const cause = err instanceof ActivityFailure ? err.cause : undefined;
  return cause instanceof ApplicationFailure || cause instanceof TimeoutFailure ? cause : undefined;
}

function gaveUp(err: unknown, { cause }: TimeoutFailure): string {
  const step = err instanceof ActivityFailure ? err.activityType : 'the rotation';
  const last = cause instanceof ApplicationFailure ? ` The last attempt: ${cause.message}` : '';
  return `${step} did not succeed in the time that the rotation may try (giveUpAfterHours).${last}`;
}
