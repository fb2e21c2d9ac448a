import { connect, createServer, type Server, type Socket } from 'node:net';
import { findFreePort } from '../../local/supervisor';

/** A second address of a server, which is there or not, and counts who comes. */
export class Line {
  /** The connections that were made so far. */
  connections = 0;
  readonly port: number;
  readonly #target: { readonly host: string; readonly port: number };
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;

  private constructor(port: number, target: { host: string; port: number }) {
    this.port = port;
    this.#target = target;
  }

  /** Picks an address at which nothing listens yet. */
  static async to(target: { host: string; port: number }): Promise<Line> {
    return new Line(await findFreePort(), target);
  }

  /** Begins to pass connections on. */
  async open(): Promise<void> {
    const server = createServer((near) => {
      this.connections++;
      this.#join(near, connect(this.#target.port, this.#target.host));
    });
    this.#server = server;
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve));
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    const server = this.#server;
    if (server) await new Promise((resolve) => server.close(resolve));
  }

  #join(near: Socket, far: Socket): void {
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => other.destroy());
      socket.pipe(other);
    }
  }
}
