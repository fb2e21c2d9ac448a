import { RetryState } from '@temporalio/common';
import {
  ActivityFailure,
  ApplicationFailure,
  CancelledFailure,
  isCancellation,
  TimeoutFailure,
} from '@temporalio/workflow';
import { type Reason } from './decision';

const cancelled = 'The rotation was cancelled.';

/**
 * The failure that the workflow ends with: an activity's own failure without its wrapping, so that the domain error is
 * the workflow's failure type. Anything else passes as it is. A step that was cancelled is a cancellation, also where its
 * last attempt was failing anyway, or did not live to answer.
 */
export function domainFailure(err: unknown): unknown {
  if (endedBy(err, RetryState.CANCEL_REQUESTED)) return new CancelledFailure(cancelled);
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
  if (isCancellation(err) || endedBy(err, RetryState.CANCEL_REQUESTED))
    return { type: 'Cancelled', message: cancelled };
  if (cause instanceof TimeoutFailure) return { type: 'GaveUp', message: gaveUp(err, cause.cause) };
  if (endedBy(err, RetryState.TIMEOUT)) return { type: 'GaveUp', message: gaveUp(err, cause) };
  if (cause instanceof ApplicationFailure) return { type: cause.type ?? 'UnexpectedError', message: cause.message };
  return { type: 'UnexpectedError', message: 'The rotation met an error that it does not know. Please report it.' };
}

/**
 * Whether a step failed without its last attempt having answered: then that attempt may go on until its worker notices.
 */
export function mayGoOn(err: unknown): boolean {
  return causeOf(err) instanceof TimeoutFailure;
}

/**
 * Whether a step that failed may have its effect later, by an attempt that never answered: the last one, or one before.
 * A first attempt that failed for good was the only one.
 */
export function mayComeLate(err: unknown): boolean {
  if (!(err instanceof ActivityFailure)) return false; // it was never begun
  const { cause } = err;
  return !(cause instanceof ApplicationFailure && cause.nonRetryable && toldBy(cause).attempt === 1);
}

/** Whether a failure says that this very secret is not there, and not another one, such as the superuser's. */
export function isGone(err: unknown, secretId: string): boolean {
  const cause = causeOf(err);
  return cause instanceof ApplicationFailure && cause.type === 'SecretNotFound' && toldBy(cause).secretId === secretId;
}

/** What a failure tells beside its message. */
function toldBy({ details }: ApplicationFailure): { readonly attempt?: unknown; readonly secretId?: unknown } {
  const [told] = (details ?? []) as readonly (object | undefined)[];
  return told ?? {};
}

function causeOf(err: unknown): ApplicationFailure | TimeoutFailure | undefined {
  const cause = err instanceof ActivityFailure ? err.cause : undefined;
  return cause instanceof ApplicationFailure || cause instanceof TimeoutFailure ? cause : undefined;
}

function endedBy(err: unknown, state: RetryState): boolean {
  return err instanceof ActivityFailure && err.retryState === state;
}

function gaveUp(err: unknown, lastAttempt: unknown): string {
  const step = err instanceof ActivityFailure ? err.activityType : 'the rotation';
  const last = lastAttempt instanceof ApplicationFailure ? ` The last attempt: ${lastAttempt.message}` : '';
  return `${step} did not succeed in the time that the rotation may try (giveUpAfterHours).${last}`;
}
