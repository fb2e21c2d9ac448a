export { createEventBridgeClient } from './create-event-bridge-client';
export { EventBridgeEvents, type EventBridgeEventsOptions } from './event-bridge-events';
