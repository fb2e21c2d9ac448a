import { PutEventsCommand, type EventBridgeClient, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { EventRefusedError, EventUndeliveredError, type RotationError } from '../../rotation/errors';
import { type RotationEvent } from '../../rotation/rotation-event';
import { type RotationEvents } from '../../rotation/rotation-events';
import { isForGood } from './failure-codes';

/** Which bus events are put on. */
export interface EventBridgeEventsOptions {
  /** Ready to use; whoever made it destroys it. */
  readonly client: EventBridgeClient;
  /** The bus's name or ARN. */
  readonly bus: string;
  /** Ends a call under way: it throws the signal's reason. */
  readonly signal: AbortSignal;
}

/** Puts events on a bus of Amazon EventBridge. */
export class EventBridgeEvents implements RotationEvents {
  readonly #options: EventBridgeEventsOptions;

  constructor(options: EventBridgeEventsOptions) {
    this.#options = options;
  }

  async publish(event: RotationEvent): Promise<void> {
    const code = await this.#put(event);
    if (code !== undefined) throw failure(code, event);
  }

  /** The code of what went wrong, if anything did. The service answers 200 also where it did not take the event. */
  async #put(event: RotationEvent): Promise<string | undefined> {
    const { client, bus, signal } = this.#options;
    try {
      const answer = await client.send(new PutEventsCommand({ Entries: [entryOf(event, bus)] }), {
        abortSignal: signal,
      });
      if (answer.FailedEntryCount === 0) return undefined;
      return answer.Entries?.[0]?.ErrorCode ?? 'UnknownAnswer';
    } catch (err) {
      signal.throwIfAborted();
      return codeOf(err);
    }
  }
}

function entryOf(event: RotationEvent, bus: string): PutEventsRequestEntry {
  return {
    EventBusName: bus,
    Source: 'rotor',
    DetailType: event.name,
    Detail: JSON.stringify(event),
    Time: new Date(event.occurredAt),
    Resources: event.secretId.startsWith('arn:') ? [event.secretId] : [],
  };
}

function failure(code: string, { name, secretId }: RotationEvent): RotationError {
  const ids = { secretId, code };
  if (isForGood(code)) {
    return new EventRefusedError(`EventBridge refuses ${name} (${code}). Check the name in ROTOR_EVENT_BUS.`, ids);
  }
  return new EventUndeliveredError(
    `EventBridge does not take ${name} now (${code}). Where it goes on, check that ROTOR_EVENT_BUS exists in AWS_REGION, ` +
      'and grant events:PutEvents.',
    ids,
  );
}

/** The SDK's error by name, or the network's code: its text is never passed on, for it may quote the request. */
function codeOf(err: unknown): string {
  const { name, code } = Object(err) as { name?: unknown; code?: unknown };
  if (typeof code === 'string') return code;
  return typeof name === 'string' ? name : 'unknown';
}
