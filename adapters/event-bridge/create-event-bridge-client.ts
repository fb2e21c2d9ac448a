import { EventBridgeClient, type EventBridgeClientConfig } from '@aws-sdk/client-eventbridge';

/**
 * A client with limits: the SDK's own default is to wait for ever. One attempt, because the caller repeats.
 *
 * Region, endpoint and credentials come from the SDK's own handling of the environment and profiles (`AWS_*`), unless
 * `overrides` says otherwise. Whoever makes a client destroys it, or the process lingers.
 */
export function createEventBridgeClient(overrides: EventBridgeClientConfig = {}): EventBridgeClient {
  return new EventBridgeClient({
    maxAttempts: 1,
    requestHandler: { connectionTimeout: 3_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
    ...overrides,
  });
}
