/** A worker could not begin to work. The message says why, and what to do. */
export class WorkerStartError extends Error {
  override readonly name = 'WorkerStart';
}
