import { PostgresEngine } from '../../../adapters/postgres';
import { waitUntil } from '../../../local/supervisor';
import { Sensitive } from '../../../rotation/sensitive';
import { testEndpoints } from '../../../rotation/steps/test-endpoints';
import { type OwnPostgresServer, startPostgresServer } from '../../support/postgres-server';
import { startStandby } from '../../support/postgres-standby';

const engine = new PostgresEngine();
const user = { username: 'app', password: 'first password' };
const renewed = { ...user, password: 'second' };
let primary: OwnPostgresServer;
let standby: OwnPostgresServer;
const started: OwnPostgresServer[] = [];

beforeAll(async () => {
  primary = await startPostgresServer();
  started.push(primary);
  standby = await startStandby(primary);
  started.push(standby);
});

afterAll(async () => {
  for (const server of started.reverse()) await server.stop();
});

it('a replica that lags behind is waited for until it has the new password [§11.50]', async () => {
  await primary.createUser(user);
  await standby.untilFound(`SELECT FROM pg_roles WHERE rolname = 'app'`);
  await standby.sql('SELECT pg_wal_replay_pause()');

  const signInAs = primary.credential(user);
  await engine.changePassword({ signInAs, username: 'app', newPassword: new Sensitive(renewed.password) });

  expect(await engine.canSignIn(primary.credential(user))).toBe(false);
  expect(await engine.canSignIn(standby.credential(user))).toBe(true);
  const { host, port = 0 } = standby.address;
  let hasPassed = false;
  const testing = testEndpoints(engine, { credential: primary.credential(renewed), endpoints: [{ host, port }] });
  const passed = testing.then(() => (hasPassed = true));
  const refusals = async (): Promise<number> =>
    (await standby.log()).split('password authentication failed').length - 1;
  await waitUntil(async () => (await refusals()) > 1, { limitMs: 30_000 });
  expect(hasPassed).toBe(false);
  await standby.sql('SELECT pg_wal_replay_resume()');
  await passed;

  expect(await engine.canSignIn(standby.credential(user))).toBe(false);
});

it('a replica is the same server as its primary, and is not changed [§11.42] [§11.50]', async () => {
  const admins = [primary.superuser, standby.superuser];
  const [one, other] = await Promise.all(admins.map((admin) => engine.inspect(admin)));

  expect(one?.serverId).toBe(other?.serverId);
  const changing = engine.changePassword({
    signInAs: standby.superuser,
    username: 'app',
    newPassword: new Sensitive('third'),
  });
  await expect(changing).rejects.toMatchObject({ name: 'TargetReadOnly' });
});
