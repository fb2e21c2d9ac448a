import { type OwnPostgresServer, startPostgresServer } from './postgres-server';
import { TcpProxy } from './tcp-proxy';

/** One way in which a database is away for a while. */
export interface Outage {
  readonly what: string;
  readonly begin: (database: FailingDatabase) => Promise<void> | void;
  readonly end: (database: FailingDatabase) => Promise<void> | void;
}

/** The ways in which a PostgreSQL is away. */
export const outages: readonly Outage[] = [
  { what: 'stopped', begin: ({ server }) => server.halt(), end: ({ server }) => server.resume() },
  {
    what: 'frozen',
    begin: ({ server }: FailingDatabase): void => {
      server.freeze();
    },
    end: ({ server }: FailingDatabase): void => {
      server.thaw();
    },
  },
  {
    what: 'behind a network that swallows packets',
    begin: ({ network }: FailingDatabase): void => {
      network.swallow();
    },
    end: ({ network }) => network.forward(),
  },
];

/** A PostgreSQL of a suite's own that can be taken away, and the network in front of it. */
export class FailingDatabase {
  private constructor(
    readonly server: OwnPostgresServer,
    readonly network: TcpProxy,
  ) {}

  static async start(): Promise<FailingDatabase> {
    const server = await startPostgresServer();
    const network = await TcpProxy.start({ host: '127.0.0.1', port: Number(server.address.port) });
    return new FailingDatabase(server, network);
  }

  async stop(): Promise<void> {
    await this.network.close();
    await this.server.stop();
  }
}
