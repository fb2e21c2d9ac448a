export { WebhookEvents, type WebhookEventsOptions } from './webhook-events';
