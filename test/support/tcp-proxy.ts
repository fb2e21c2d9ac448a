import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** A server's address on this machine. */
export interface ProxiedAddress {
  readonly host: string;
  readonly port: number;
}

/** Stands between a client and a server, and can be the network that loses what is sent. */
export class TcpProxy {
  readonly #target: ProxiedAddress;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #swallows = false;
  /** Where it listens, also while it does not. */
  port = 0;
  /** How many connections were made to it. */
  accepted = 0;

  private constructor(target: ProxiedAddress) {
    this.#target = target;
    this.#server = createServer((client) => {
      this.#serve(client);
    });
  }

  /** Listens on the loopback address, and forwards. */
  static async start(target: ProxiedAddress): Promise<TcpProxy> {
    const proxy = new TcpProxy(target);
    await proxy.#listen();
    return proxy;
  }

  /** From now on nothing arrives, in either direction; nobody is told. */
  swallow(): void {
    this.#swallows = true;
    for (const socket of this.#sockets) socket.unpipe();
    for (const socket of this.#sockets) socket.pause();
  }

  /** From now on nobody listens, as where the server is stopped. */
  async refuse(): Promise<void> {
    await this.close();
  }

  /** Forwards what is sent over connections that are opened from now on; silent ones stay silent. */
  async forward(): Promise<void> {
    this.#swallows = false;
    if (!this.#server.listening) await this.#listen();
  }

  /** Lets go of everybody. Safe to repeat. */
  async close(): Promise<void> {
    if (!this.#server.listening) return;
    for (const socket of this.#sockets) socket.destroy();
    const closed = once(this.#server, 'close');
    this.#server.close();
    await closed;
  }

  async #listen(): Promise<void> {
    this.#server.listen(this.port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.port = (this.#server.address() as AddressInfo).port;
  }

  #serve(client: Socket): void {
    this.accepted += 1;
    this.#keep(client);
    if (this.#swallows) return;
    const upstream = connect(this.#target);
    this.#keep(upstream);
    client.pipe(upstream);
    upstream.pipe(client);
    client.once('close', () => upstream.destroy());
    upstream.once('close', () => client.destroy());
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => this.#sockets.delete(socket));
  }
}
