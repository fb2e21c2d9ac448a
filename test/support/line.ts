import { connect, createServer, type Server, type Socket } from 'node:net';
import { findFreePort } from '../../local/supervisor';

interface Address {
  readonly host: string;
  readonly port: number;
}

/** Another way to a server, by an address of its own: it can be missing, be cut, and keep answers back. */
export class Line {
  /** The connections that were made so far. */
  connections = 0;
  /** What the client sends that ends the answers: they are kept back from then on. */
  muteAfter: string | undefined;
  readonly port: number;
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;

  private constructor(port: number, target: Address) {
    this.port = port;
    this.#server = createServer((near) => {
      this.connections++;
      this.#join(near, connect(target.port, target.host));
    });
  }

  /** Picks an address, at which nothing answers yet. */
  static async to(target: Address): Promise<Line> {
    return new Line(await findFreePort(), target);
  }

  /** Begins to pass connections on. */
  async open(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(this.port, '127.0.0.1', resolve));
  }

  /** Ends all connections, as a network does: at both ends. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#sockets.clear();
    this.muteAfter = undefined;
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #join(near: Socket, far: Socket): void {
    let isMuted = false;
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => other.destroy());
    }
    near.on('data', (chunk) => {
      if (this.muteAfter !== undefined && chunk.includes(this.muteAfter)) isMuted = true;
      far.write(chunk);
    });
    far.on('data', (chunk) => {
      if (!isMuted) near.write(chunk);
    });
  }
}
