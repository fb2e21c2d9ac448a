import { type PostgresBinaries } from '../../../local/postgres/package-binaries';
import { startPostgresServer } from '../postgres-server';
import { type LoggedPolicy, type LoggedServer } from './logged-server';
import { PostgresTarget } from './postgres-target';

const everything = {
  shared_preload_libraries: 'pg_stat_statements,passwordcheck',
  log_statement: 'all',
  log_min_duration_statement: '0',
  log_min_messages: 'debug1',
  log_min_error_statement: 'debug1',
  log_parameter_max_length: '-1',
  log_parameter_max_length_on_error: '-1',
  log_connections: 'on',
  log_disconnections: 'on',
  log_lock_waits: 'on',
  track_activity_query_size: '8kB',
  'pg_stat_statements.track_utility': 'on',
};

/** Refuses, of what it is shown as a verifier, only the user's own name. It is there from the start. */
export const passwordcheck: LoggedPolicy = {
  install: [],
  uninstall: [],
  refusedFor: (username) => username,
  outcomes: ['PasswordRejected', 'rotated'],
  refusal: { place: 'log', text: 'ERROR:  password must not equal user name' },
};

/** Starts a PostgreSQL that notes all that it can, and asks whoever is `trusted` for no password. */
export async function startLoggedPostgres(binaries?: PostgresBinaries): Promise<LoggedServer> {
  const server = await startPostgresServer(everything, binaries);
  await server.sql('CREATE EXTENSION pg_stat_statements');
  await server.sql('CREATE ROLE rds_iam; CREATE ROLE trusted');
  await server.admit('host all +trusted 127.0.0.1/32 trust');
  const target = new PostgresTarget(server);
  return {
    target,
    hasSecondPasswords: false,
    read: async () => ({
      log: await server.log(),
      pg_stat_statements: JSON.stringify(await server.sql('SELECT query FROM pg_stat_statements')),
    }),
    activity: { pg_stat_activity: 'SELECT query AS running FROM pg_stat_activity WHERE pid <> pg_backend_pid()' },
    plant: (value) => [`CREATE ROLE grown PASSWORD '${value}'`],
    createOnlooker: (user) => target.createApplication({ ...user, table: user.username }),
    stall: (username) => ['BEGIN', `ALTER ROLE ${username} CONNECTION LIMIT 100`],
    stalled: `SELECT pid AS id FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%ALTER ROLE%PASSWORD%'`,
    kill: (id) => `SELECT pg_terminate_backend(${id})`,
  };
}
