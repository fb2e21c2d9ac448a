import { PostgresEngine } from '../../../adapters/postgres';
import { Sensitive } from '../../../rotation/sensitive';
import { type OwnPostgresServer, startPostgresServer } from '../../support/postgres-server';

const engine = new PostgresEngine();
let server: OwnPostgresServer;

/** The server notes all that it can. */
beforeAll(async () => {
  server = await startPostgresServer({
    shared_preload_libraries: 'pg_stat_statements',
    log_statement: 'all',
    log_min_duration_statement: '0',
    log_min_messages: 'debug1',
    log_min_error_statement: 'debug1',
    log_parameter_max_length: '-1',
    log_parameter_max_length_on_error: '-1',
    log_connections: 'on',
    log_disconnections: 'on',
    debug_print_parse: 'on',
    track_activity_query_size: '8kB',
    'pg_stat_statements.track_utility': 'on',
  });
  await server.sql('CREATE EXTENSION pg_stat_statements');
});

afterAll(async () => {
  await server.stop();
});

it('no password is in the log, the activity or the statistics of the server, also after failures [§11.18]', async () => {
  const passwords = ['fIrst-gUarded', 'sEcond-gUarded', 'tHird-gUarded', 'wRong-gUarded'];
  const [first, second, third, wrong] = passwords.map((password) => new Sensitive(password)) as [
    Sensitive,
    Sensitive,
    Sensitive,
    Sensitive,
  ];
  await server.sql('CREATE ROLE app LOGIN');
  await server.sql('CREATE ROLE other LOGIN');
  const app = { ...server.address, username: 'app', password: first };

  await engine.changePassword({ signInAs: server.superuser, username: 'app', newPassword: first });
  await engine.changePassword({ signInAs: app, username: 'app', newPassword: second });
  await engine.verifyCredential({ credential: { ...app, password: second } });
  const asSecond = { ...app, password: second };
  const failing = [
    engine.verifyCredential({ credential: { ...app, password: wrong } }),
    engine.changePassword({ signInAs: { ...app, password: wrong }, username: 'app', newPassword: third }),
    engine.changePassword({ signInAs: asSecond, username: 'other', newPassword: third }),
    engine.changePassword({ signInAs: server.superuser, username: 'missing', newPassword: third }),
    engine.changePassword({ signInAs: { ...asSecond, dbname: 'missing' }, username: 'app', newPassword: third }),
  ];
  for (const outcome of await Promise.allSettled(failing)) expect(outcome.status).toBe('rejected');

  const log = await server.log();
  const statements = JSON.stringify(await server.sql('SELECT query FROM pg_stat_statements'));
  const activity = JSON.stringify(await server.sql('SELECT * FROM pg_stat_activity'));
  // Without these the search would prove nothing.
  expect(log).toMatch(/statement: .*ALTER ROLE "app"/);
  expect(log).toMatch(/STATEMENT: .*ALTER ROLE "missing"/);
  expect(statements).toContain('ALTER ROLE');
  for (const password of passwords) {
    for (const seen of [log, statements, activity]) {
      expect(seen).not.toContain(password);
      expect(seen).not.toContain(Buffer.from(password).toString('base64'));
      expect(seen).not.toContain(Buffer.from(password).toString('hex'));
    }
  }
});
