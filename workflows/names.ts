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
