import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** What is answered. */
export interface StoreAnswer {
  readonly status: number;
  readonly body: string;
  /** For how long the store asks to be left alone, as the header says it. */
  readonly retryAfter?: string | undefined;
}

/** A call to the store, and what the store said to it: its effect is there already. */
export interface AnsweredCall {
  readonly operation: string;
  readonly body: string;
  readonly answer: StoreAnswer;
}

/** Does something before a call is answered; may answer it otherwise. */
export type Interrupt = (call: AnsweredCall) => Promise<StoreAnswer>;

/** Stands in front of a Secrets Manager endpoint, and lets things happen to the calls about single secrets. */
export class StoreGate {
  readonly #target: URL;
  readonly #server: Server;
  readonly #interrupts = new Map<string, Interrupt>();

  private constructor(url: string) {
    this.#target = new URL(url);
    this.#server = createServer((call, response) => void this.#serve(call, response));
  }

  /** Opens a gate in front of the endpoint at an address. */
  static async start(url: string): Promise<StoreGate> {
    const gate = new StoreGate(url);
    gate.#server.listen(0, '127.0.0.1');
    await once(gate.#server, 'listening');
    return gate;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** From now on something happens to each call that names a secret by its ARN. */
  interrupt(arn: string, by: Interrupt): void {
    this.#interrupts.set(arn, by);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #serve(call: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = (await buffer(call)).toString();
    const operation = String(call.headers['x-amz-target']).replace('secretsmanager.', '');
    const { SecretId: arn = '' } = JSON.parse(body) as { SecretId?: string };
    const answer = await this.#forward(call, body);
    const given = (await this.#interrupts.get(arn)?.({ operation, body, answer })) ?? answer;
    const { status, body: text, retryAfter } = given;
    const wait = retryAfter === undefined ? {} : { 'retry-after': retryAfter };
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1', ...wait }).end(text);
  }

  /** The headers stay as they are, because the signature covers them. */
  async #forward({ method = '', headers }: IncomingMessage, body: string): Promise<StoreAnswer> {
    const { hostname, port } = this.#target;
    const forwarded = request({ hostname, port, method, path: '/', headers });
    forwarded.end(body);
    const [answer] = (await once(forwarded, 'response')) as [IncomingMessage];
    const { statusCode: status = 0, headers: told } = answer;
    return { status, body: (await buffer(answer)).toString(), retryAfter: told['retry-after'] };
  }
}
