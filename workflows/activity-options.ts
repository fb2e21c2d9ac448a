import { ActivityCancellationType, type ActivityOptions, type LocalActivityOptions } from '@temporalio/workflow';

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

/** Within this time a worker that lives notices, by its heartbeats, that an attempt of it was given up, and ends it. */
export const noticedWithin = '5 seconds';

/** Arming: given up after some minutes, because the next rotation arms again and a lock must not be held for it. */
export const armingOptions: ActivityOptions = {
  ...stepOptions,
  retry: { ...stepOptions.retry, maximumInterval: '1 minute', maximumAttempts: 10 },
};

/** Within a workflow task, which must not take long: what cannot be done at once, a step does. */
export const quickLookOptions: LocalActivityOptions = {
  startToCloseTimeout: '2 seconds',
  retry: { maximumAttempts: 1 },
};

/** Taking stock: a target that is away is told as unknown, and only the store can fail; a question does not wait long. */
export const stockOptions: ActivityOptions = {
  ...stepOptions,
  retry: { ...stepOptions.retry, maximumInterval: '10 seconds', maximumAttempts: 5 },
};

/** As a step, but given up at an instant (ISO 8601), at the soonest a second from now. */
export function until(instant: string | undefined): ActivityOptions {
  if (instant === undefined) return stepOptions;
  return { ...stepOptions, scheduleToCloseTimeout: Math.max(1_000, Date.parse(instant) - Date.now()) };
}
