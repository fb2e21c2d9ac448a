import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** What went through a proxy. */
export interface Traffic {
  readonly connections: number;
  /** How often the client spoke and the server answered. */
  readonly roundTrips: number;
}

/** An address that leads to a server and counts how it is spoken to. */
export interface CountingProxy {
  readonly address: { readonly host: string; readonly port: number };
  /** Since the last time it was asked. */
  take(): Traffic;
  /** Ends it and whatever goes through it. */
  close(): Promise<void>;
}

/**
 * Counts the round trips of one connection: each time that the server speaks after the client has. What the server says
 * unasked, such as MySQL's greeting, is none, and neither is a farewell without an answer.
 */
export class RoundTrips {
  count = 0;
  #isAsked = false;

  /** The client has sent something. */
  asked(): void {
    this.#isAsked = true;
  }

  /** The server has sent something. */
  answered(): void {
    if (this.#isAsked) this.count += 1;
    this.#isAsked = false;
  }
}

/** Starts a proxy on the loopback address. */
export async function startCountingProxy(target: { host: string; port: number }): Promise<CountingProxy> {
  let seen: RoundTrips[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect({ ...target, noDelay: true });
    seen.push(countBetween(client, upstream));
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: { host: '127.0.0.1', port: (server.address() as AddressInfo).port },
    take: () => {
      const traffic = { connections: seen.length, roundTrips: seen.reduce((sum, { count }) => sum + count, 0) };
      seen = [];
      return traffic;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

function countBetween(client: Socket, upstream: Socket): RoundTrips {
  const trips = new RoundTrips();
  client.setNoDelay(true);
  client.on('data', () => {
    trips.asked();
  });
  upstream.on('data', () => {
    trips.answered();
  });
  join(client, upstream);
  join(upstream, client);
  return trips;
}

function join(from: Socket, to: Socket): void {
  from.on('error', () => to.destroy()); // the other side learns by the end of its connection
  from.once('close', () => to.destroy());
  from.pipe(to);
}
