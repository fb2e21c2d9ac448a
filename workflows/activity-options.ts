import { ActivityCancellationType, type ActivityOptions } from '@temporalio/workflow';

/**
 * Steps: retried through outages of any length; a permanent failure is thrown as non-retryable by the activity.
 *
 * A step heartbeats every second, so that one whose worker was killed begins anew within about six seconds. The
 * cancellation type is said explicitly because the SDK's real default would let an undo run beside its own step.
 */
export const stepOptions: ActivityOptions = {
  startToCloseTimeout: '30 seconds',
  heartbeatTimeout: '5 seconds',
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '5 minutes' },
};

/** Arming: given up after some minutes, because the next rotation arms again and a lock must not be held for it. */
export const armingOptions: ActivityOptions = {
  ...stepOptions,
  retry: { ...stepOptions.retry, maximumInterval: '1 minute', maximumAttempts: 10 },
};
