import { type RotationEvent } from '../rotation/rotation-event';
import { type RotationEventsFor } from '../rotation/rotation-events';
import { withFailureBoundary, type Attempted } from './failure-boundary';

/** The activities of a worker that tells one publisher of events, by the names that they have on the wire. */
export interface EventActivities {
  /** Tells an event. A repeated attempt tells it again. */
  publishEvent(event: RotationEvent): Promise<Attempted>;
}

/** Hosts a publisher as a Temporal activity. */
export function createEventActivities(eventsFor: RotationEventsFor): EventActivities {
  return {
    publishEvent: withFailureBoundary(async (signal, event) => {
      await eventsFor(signal).publish(event);
      return {};
    }),
  };
}
