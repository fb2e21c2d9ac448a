import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { PassThrough, type Writable } from 'node:stream';

/** A call to Secrets Manager that is to stay on its way. */
export interface HeldCallOptions {
  /** The endpoint's URL. */
  readonly url: string;
  readonly operation: string;
}

/**
 * The network between a worker and Secrets Manager: calls of one operation that a worker has sent stay on their way until
 * they are let go on, whatever becomes of the worker meanwhile.
 */
export class HeldCall {
  /** Resolves when the first such call was sent. */
  readonly sent: Promise<void>;
  readonly #endpoint: { readonly host: string; readonly port: number };
  readonly #target: string;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #released: Promise<void>;
  #send: () => void = () => undefined;
  #release: () => void = () => undefined;

  private constructor({ url, operation }: HeldCallOptions) {
    const { hostname: host, port } = new URL(url);
    this.#endpoint = { host, port: Number(port) };
    this.#target = `secretsmanager.${operation}`;
    this.sent = new Promise((resolve) => (this.#send = resolve));
    this.#released = new Promise((resolve) => (this.#release = resolve));
    this.#server = createServer((client) => {
      this.#serve(client);
    });
  }

  /** Listens on the loopback address. */
  static async start(options: HeldCallOptions): Promise<HeldCall> {
    const held = new HeldCall(options);
    held.#server.listen(0, '127.0.0.1');
    await once(held.#server, 'listening');
    return held;
  }

  /** Where the worker finds Secrets Manager. */
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Lets all go on, also those that come later. */
  release(): void {
    this.#release();
  }

  /** Lets go of everybody. */
  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    const closed = once(this.#server, 'close');
    this.#server.close();
    await closed;
  }

  #serve(client: Socket): void {
    let way: Writable = this.#connect(client);
    this.#keep(client).on('data', (bytes: Buffer) => {
      if (bytes.includes(this.#target)) way = this.#hold(client);
      way.write(bytes);
    });
  }

  /** The endpoint would not keep a connection for so long, so what is held arrives by another one. */
  #hold(client: Socket): Writable {
    const held = new PassThrough();
    void this.#released.then(() => held.pipe(this.#connect(client)));
    this.#send();
    return held;
  }

  #connect(client: Socket): Socket {
    const upstream = this.#keep(connect(this.#endpoint));
    upstream.pipe(client);
    return upstream;
  }

  #keep(socket: Socket): Socket {
    this.#sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => this.#sockets.delete(socket));
    return socket;
  }
}
