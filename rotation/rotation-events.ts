import { type RotationEvent } from './rotation-event';

/** Where events of rotations are told. */
export interface RotationEvents {
  /**
   * Resolves once the other side has taken the event. May be called again with the same event: receivers know it by its
   * id. Ends within a time limit of its own.
   *
   * @throws EventUndeliveredError when a later attempt may succeed.
   * @throws EventRefusedError when none will.
   */
  publish(event: RotationEvent): Promise<void>;
}

/** Makes what tells events, for one attempt: it stops when the signal aborts. */
export type RotationEventsFor = (signal: AbortSignal) => RotationEvents;
