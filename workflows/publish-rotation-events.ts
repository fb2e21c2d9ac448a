import {
  condition,
  defineSignal,
  isCancellation,
  log,
  proxyActivities,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { EventActivities } from '../activities';
import { type RotationEvent } from '../rotation/rotation-event';
import { reasonOf } from './domain-failure';
import { eventTaskQueue } from './names';

/** What the first event of a rotation starts. */
export interface PublishRotationEventsInput {
  readonly publishers: readonly string[];
  readonly event: RotationEvent;
}

/** An event that a publisher did not take. */
export interface LostEvent {
  readonly publisher: string;
  readonly event: string;
  /** The failure's type. */
  readonly type: string;
}

/** What came of a rotation's events. */
export interface PublishedEvents {
  readonly events: number;
  readonly lost: readonly LostEvent[];
}

/** Hands a further event of the same rotation over. */
export const tellEventSignal = defineSignal<[RotationEvent]>('tellEvent');

/**
 * How long more events are waited for: a rotation that was terminated tells no end. One that goes on after a longer
 * silence starts this workflow anew.
 */
const silence = '1 hour';

/**
 * Tells the events of one rotation to every publisher: each in the order of the events, and none waiting for another. Ends
 * when each has taken the last event, or it was given up.
 *
 * A workflow of its own, so that it can neither delay nor fail the rotation.
 */
export async function publishRotationEvents({
  publishers,
  event,
}: PublishRotationEventsInput): Promise<PublishedEvents> {
  const events = [event];
  const lost: LostEvent[] = [];
  let settled = 0;
  let closed = false;
  setHandler(tellEventSignal, (next) => void events.push(next));
  const isIdle = (): boolean => settled === events.length * publishers.length;

  const tellAll = async (publisher: string): Promise<void> => {
    for (let place = 0; ; place += 1) {
      await condition(() => events.length > place || closed);
      const next = events[place];
      if (!next) return;
      lost.push(...(await tell(next, publisher)));
      settled += 1;
    }
  };
  const untilOver = async (): Promise<void> => {
    do await condition(isIdle);
    while (events.at(-1)?.outcome === 'open' && (await condition(() => !isIdle(), silence)));
    closed = true;
  };
  await Promise.all([untilOver(), ...publishers.map(tellAll)]);
  return { events: events.length, lost };
}

/** Told for a week, then lost: whoever reads the log can tell it by hand. */
async function tell(event: RotationEvent, publisher: string): Promise<LostEvent[]> {
  const { publishEvent } = proxyActivities<EventActivities>({
    taskQueue: eventTaskQueue(workflowInfo().taskQueue, publisher),
    startToCloseTimeout: '30 seconds',
    heartbeatTimeout: '5 seconds',
    scheduleToCloseTimeout: '7 days',
    retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '5 minutes' },
    summary: `tell ${publisher} of ${event.name}`,
  });
  try {
    await publishEvent(event);
    return [];
  } catch (err) {
    if (isCancellation(err)) throw err;
    const { type, message } = reasonOf(err);
    log.error(`The event ${event.name} is lost to ${publisher}: ${message}`, { event: event.id, type });
    return [{ publisher, event: event.id, type }];
  }
}
