import { EventRefusedError, EventUndeliveredError } from '../../rotation/errors';
import { type RotationEvent } from '../../rotation/rotation-event';
import { type RotationEvents } from '../../rotation/rotation-events';
import { type Sensitive } from '../../rotation/sensitive';
import { retryAfterMs } from '../http/retry-after';
import { within } from '../http/time-limit';
import { signatureHeader, signatureOf } from './signature';

/** Where events are posted. */
export interface WebhookEventsOptions {
  /** May hold a user and a password, which are sent as HTTP's basic authentication. */
  readonly url: URL;
  /** Each signs; two while receivers change from one to the other. */
  readonly keys: readonly Sensitive[];
  /** Ends a call under way: it throws the signal's reason. */
  readonly signal: AbortSignal;
  /** @defaultValue ten seconds */
  readonly limitMs?: number;
}

/**
 * Statuses that say that this event, or this receiver, is done with. With all others an event is worth another attempt:
 * a receiver is deployed, a permission granted.
 */
const forGood = [400, 410, 413, 422];

/**
 * Posts events as JSON, signed. Only an answer from 200 to 299 is a success: redirects are not followed, and bodies of
 * answers are not read. Messages name the receiver by its origin, because the rest of a URL often is a secret.
 */
export class WebhookEvents implements RotationEvents {
  readonly #url: URL;
  readonly #authorization: Readonly<Record<string, string>>;
  readonly #options: WebhookEventsOptions;

  constructor(options: WebhookEventsOptions) {
    const { username, password } = options.url;
    this.#options = options;
    this.#authorization = username === '' ? {} : { authorization: basic(username, password) };
    this.#url = new URL(options.url);
    this.#url.username = this.#url.password = '';
  }

  async publish(event: RotationEvent): Promise<void> {
    const { status, headers } = await this.#post(JSON.stringify(event));
    if (status >= 200 && status < 300) return;
    const { secretId } = event;
    const message = `The webhook at ${this.#url.origin} answers ${event.name} with HTTP ${status}.`;
    if (forGood.includes(status)) throw new EventRefusedError(message, { secretId });
    throw new EventUndeliveredError(message, { secretId }, retryAfterMs(headers.get('retry-after'), new Date()));
  }

  async #post(body: string): Promise<Response> {
    const { keys, signal, limitMs = 10_000 } = this.#options;
    const headers = {
      'content-type': 'application/json',
      'user-agent': 'rotor',
      [signatureHeader]: signatureOf({ body, at: new Date(), keys }),
      ...this.#authorization,
    };
    const request = { method: 'POST', body, headers, redirect: 'manual' } as const;
    try {
      return await within({ limitMs, signal }, async (ends) => {
        const response = await fetch(this.#url, { ...request, signal: ends });
        await response.body?.cancel();
        return response;
      });
    } catch (err) {
      signal.throwIfAborted();
      throw new EventUndeliveredError(`The webhook at ${this.#url.origin} does not answer (${codeOf(err)}).`);
    }
  }
}

function basic(username: string, password: string): string {
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return `Basic ${Buffer.from(credentials).toString('base64')}`;
}

/** The code of the network or of TLS; nothing else of an error that may hold the request. */
function codeOf(err: unknown): string {
  const { name, cause } = Object(err) as { name?: unknown; cause?: unknown };
  const { code } = Object(cause) as { code?: unknown };
  if (typeof code === 'string') return code;
  return name === 'TimeoutError' ? 'timeout' : 'no connection';
}
