import { once } from 'node:events';
import { createServer as createHttpServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { waitUntil } from '../../local/supervisor';

/** What came over the wire. */
export interface ReceivedPost {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What to answer: a status and more, or one of the ways in which servers break. */
export type ReceiverAnswer =
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string }
  /** Nothing, for ever. */
  | 'silence'
  /** The connection ends. */
  | 'close'
  /** Bytes that are not HTTP. */
  | 'noise'
  /** A status of 200 whose body never ends. */
  | 'endless';

/** A real HTTP server, which a test tells how to answer. */
export class HttpReceiver {
  /** Everything that arrived, in order. */
  readonly posts: ReceivedPost[] = [];
  /** How the next posts are answered; asked with the post and how many came before it. */
  answer: (post: ReceivedPost, index: number) => ReceiverAnswer = () => ({ status: 204 });
  readonly #server;
  readonly #scheme: string;

  private constructor(tls?: { key: string; cert: string }) {
    this.#scheme = tls ? 'https' : 'http';
    const listener = (request: Parameters<typeof this.receive>[0], response: ServerResponse): void => {
      void this.receive(request, response);
    };
    this.#server = tls ? createHttpsServer(tls, listener) : createHttpServer(listener);
  }

  static async start(tls?: { key: string; cert: string }): Promise<HttpReceiver> {
    const receiver = new HttpReceiver(tls);
    receiver.#server.listen(0, '127.0.0.1');
    await once(receiver.#server, 'listening');
    return receiver;
  }

  get url(): string {
    return `${this.#scheme}://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** What arrived, parsed. */
  bodies<Body>(): Body[] {
    return this.posts.map(({ body }) => JSON.parse(body) as Body);
  }

  /** Waits until so many have arrived; false when they do not in half a minute. */
  untilReceived(count: number): Promise<boolean> {
    return waitUntil(() => this.posts.length >= count, { limitMs: 30_000 });
  }

  /** Safe to repeat. */
  async close(): Promise<void> {
    if (!this.#server.listening) return;
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  private async receive(
    request: NodeJS.ReadableStream & { url?: string | undefined; headers: IncomingHttpHeaders },
    response: ServerResponse,
  ): Promise<void> {
    const post = { path: request.url ?? '', headers: request.headers, body: await text(request) };
    send(response, this.answer(post, this.posts.push(post) - 1));
  }
}

function send(response: ServerResponse, answer: ReceiverAnswer): void {
  if (answer === 'silence') return;
  if (answer === 'close') response.destroy();
  else if (answer === 'noise') response.socket?.end('not HTTP at all\r\n\r\n');
  else if (answer === 'endless') response.writeHead(200).write('more ');
  else response.writeHead(answer.status, answer.headers).end(answer.body);
}
