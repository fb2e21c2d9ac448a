import { createEventBridgeClient, EventBridgeEvents } from '../adapters/event-bridge';
import { WebhookEvents } from '../adapters/webhook';
import { type RotationEventsFor } from '../rotation/rotation-events';
import { type EventSettings } from './event-settings';
import { webhookTarget } from './webhook-target';

/** What tells events, by the names that task queues are called after: a contract. */
export type Publishers = Readonly<Record<string, RotationEventsFor>>;

/** The publishers of a worker. */
export interface EventPublishers {
  readonly publishers: Publishers;
  /** Ends their connections. */
  readonly close: () => void;
}

/**
 * The publishers that are set up. Region, endpoint and credentials of EventBridge come from the SDK's own environment.
 *
 * @throws WorkerStartError for a webhook that cannot be used as it is set.
 */
export function createEventPublishers(settings: EventSettings): EventPublishers {
  const { eventBus: bus } = settings;
  const client = bus === undefined ? undefined : createEventBridgeClient();
  const target = webhookTarget(settings);
  return {
    publishers: {
      ...(bus !== undefined && client
        ? { 'event-bridge': (signal) => new EventBridgeEvents({ client, bus, signal }) }
        : {}),
      ...(target ? { webhook: (signal) => new WebhookEvents({ ...target, signal }) } : {}),
    },
    close: () => {
      client?.destroy();
    },
  };
}
