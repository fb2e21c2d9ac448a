import { Client, escapeIdentifier, escapeLiteral } from 'pg';
import { type PostgresOptions, startPostgres } from '../../local/postgres';
import { asDatabaseUser } from '../../local/stack';
import { findFreePort } from '../../local/supervisor';
import { type Database, type DatabaseUser } from './databases';
import { type BenchStack } from './start-bench-stack';

const dbname = 'postgres';

/** A PostgreSQL whose failures are measured. */
export interface MortalDatabase extends Database {
  /** Holds up every change of a password until it is killed; the answer tells whether one waits. */
  holdChanges(): Promise<() => Promise<boolean>>;
  /** Ends it with -9 and starts it on its data again. */
  kill(): Promise<void>;
}

/** Starts the product's own PostgreSQL with its own settings, but for room for many at a time. */
export async function startBenchPostgres({ supervisor, home }: BenchStack): Promise<MortalDatabase> {
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
    holdChanges: () => holdChanges(new Client({ host, port, user: superuser.username, password: superuser.password })),
    kill: async () => {
      process.kill(parts.server.process.pid, 'SIGKILL');
      await parts.server.process.exited;
      parts.server = await startPostgres(options);
    },
    close: () => parts.server.process.stop(),
  };
}

async function holdChanges(client: Client): Promise<() => Promise<boolean>> {
  client.on('error', () => undefined); // it is killed with the server
  await client.connect();
  await client.query('BEGIN; LOCK TABLE pg_authid IN SHARE MODE');
  return async () => {
    const { rowCount } = await client.query(
      "SELECT FROM pg_locks WHERE relation = 'pg_authid'::regclass AND NOT granted LIMIT 1",
    );
    return rowCount === 1;
  };
}
