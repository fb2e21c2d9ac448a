import { RetryState, TimeoutType } from '@temporalio/common';
import { ActivityFailure, ApplicationFailure, CancelledFailure, TimeoutFailure } from '@temporalio/workflow';
import { mayComeLate } from '../../workflows/domain-failure';

function failed(cause: Error, retryState: RetryState): ActivityFailure {
  return new ActivityFailure('failed', 'createSecret', '1', retryState, 'a worker', cause);
}

function answered({ nonRetryable, details }: { nonRetryable: boolean; details?: unknown[] }): ApplicationFailure {
  return ApplicationFailure.create({ type: 'SignInRefused', nonRetryable, ...(details ? { details } : {}) });
}

const { NON_RETRYABLE_FAILURE, TIMEOUT, CANCEL_REQUESTED } = RetryState;
const first = [{ attempt: 1 }];

test.each([
  ['fails for good', failed(answered({ nonRetryable: true, details: first }), NON_RETRYABLE_FAILURE)],
  ['is cancelled before it begins', new CancelledFailure('cancelled')],
])('a step that %s at its first attempt leaves none that comes late', (_, failure) => {
  expect(mayComeLate(failure)).toBe(false);
});

test.each([
  ['its second attempt failed for good', answered({ nonRetryable: true, details: [{ attempt: 2 }] })],
  ['it is not told which attempt failed', answered({ nonRetryable: true })],
  ['its first attempt heard nothing from the store', answered({ nonRetryable: false, details: first })],
  ['an attempt never answered', new TimeoutFailure('no heartbeat', undefined, TimeoutType.HEARTBEAT)],
  ['it was cancelled', new CancelledFailure('cancelled')],
])('a step may have an attempt that comes late where %s', (_, cause) => {
  for (const state of [NON_RETRYABLE_FAILURE, TIMEOUT, CANCEL_REQUESTED]) {
    expect(mayComeLate(failed(cause, state))).toBe(true);
  }
});
