/** The task queue that workers poll when none is named. */
export const defaultTaskQueue = 'rotor';

/** The wire names of the workflow types: a contract, because Schedules and other clients use them. */
export const workflowTypes = {
  owner: 'rotateSecret',
  tick: 'scheduledRotation',
  reconcile: 'reconcileSecret',
  discard: 'discardLeftover',
} as const;

/** The id that a Schedule's ticks are started under; the server appends the time of each. */
export function tickId(arn: string): string {
  return `scheduled-rotation:${arn}`;
}

/** The id of the workflow that publishes the events of a rotation; of its owner's first run, which a reset keeps. */
export function rotationEventsId(ownerRunId: string): string {
  return `rotation-events:${ownerRunId}`;
}

/**
 * The task queue of what tells one publisher: of its own, so that a receiver which hangs takes no place from rotations or
 * from other publishers.
 */
export function eventTaskQueue(taskQueue: string, publisher: string): string {
  return `${taskQueue}-events-${publisher}`;
}
