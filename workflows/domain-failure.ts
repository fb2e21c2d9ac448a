import { ActivityFailure, ApplicationFailure } from '@temporalio/workflow';

/**
 * The failure that the workflow ends with: an activity's own failure without its wrapping, so that the domain error is
 * the workflow's failure type. Anything else, cancellation among it, passes as it is.
 */
export function domainFailure(err: unknown): unknown {
  if (!(err instanceof ActivityFailure) || !(err.cause instanceof ApplicationFailure)) return err;
  const { message, type, details } = err.cause;
  const failure = ApplicationFailure.create({
    message,
    type: type ?? 'UnexpectedError',
    details: details ?? [],
    nonRetryable: true,
  });
  failure.stack = `${failure.name}: ${failure.message}`; // the history is no place for the paths of a worker's machine
  return failure;
}
