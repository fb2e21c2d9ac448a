import { type InjectedSinks } from '@temporalio/worker';
import { type RotationEvents } from '../rotation/rotation-events';
import { type RotationEventSinks } from '../workflows/event-teller';

/** Lets workflows write to the worker's log of events; without one what they write goes nowhere. */
export function eventSinks(eventLog?: RotationEvents): InjectedSinks<RotationEventSinks> {
  return {
    rotationEvents: { publish: { fn: (_workflow, event) => eventLog?.publish(event), callDuringReplay: false } },
  };
}
