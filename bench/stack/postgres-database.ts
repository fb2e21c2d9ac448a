import { escapeIdentifier, escapeLiteral } from 'pg';
import { type PostgresOptions, startPostgres } from '../../local/postgres';
import { asDatabaseUser } from '../../local/stack';
import { findFreePort } from '../../local/supervisor';
import { type Database, type DatabaseUser } from './databases';
import { type BenchStack } from './start-bench-stack';

const dbname = 'postgres';

/** Starts the product's own PostgreSQL with its own settings, but for room for many at a time. */
export async function startBenchPostgres({ supervisor, home }: BenchStack): Promise<Database> {
  const port = await findFreePort();
  const options: PostgresOptions = { supervisor, home, port, parameters: { max_connections: '500' } };
  const parts = { server: await startPostgres(options) };
  const { host, superuser } = parts.server;
  const signIn = { host, port, ...superuser, dbname };
  const version = await asDatabaseUser(signIn, async (client) => {
    const { rows } = await client.query<{ server_version: string }>('SHOW server_version');
    return rows[0]?.server_version ?? 'unknown';
  });
  return {
    ...{ engine: 'postgres', host, port, dbname, superuser, version },
    get pid() {
      return parts.server.process.pid;
    },
    createUsers: async (users: readonly DatabaseUser[]) => {
      await asDatabaseUser(signIn, async (client) => {
        for (const { username, password } of users) {
          await client.query(`CREATE ROLE ${escapeIdentifier(username)} LOGIN PASSWORD ${escapeLiteral(password)}`);
        }
      });
    },
    kill: async () => {
      process.kill(parts.server.process.pid, 'SIGKILL');
      await parts.server.process.exited;
      parts.server = await startPostgres(options);
    },
    close: () => parts.server.process.stop(),
  };
}
