import { type Client, escapeLiteral } from 'pg';
import { PostgresEngine } from '../../../adapters/postgres';
import {
  OutcomeUnknownError,
  type RotationError,
  TargetReadOnlyError,
  TargetUnavailableError,
} from '../../../rotation/errors';
import { Sensitive } from '../../../rotation/sensitive';
import { type UserAccount } from '../../contracts/database-engine';
import { Line } from '../../support/line';
import { type OwnPostgresServer, startPostgresServer } from '../../support/postgres-server';

const engine = new PostgresEngine();
let server: OwnPostgresServer;
let line: Line;
let lastUser = 0;

beforeAll(async () => {
  server = await startPostgresServer();
  const { host, port = 5432 } = server.superuser;
  line = await Line.to({ host, port });
  await line.open();
});

afterAll(async () => {
  await line.close();
  await server.stop();
});

const aUser = (): Promise<UserAccount> => {
  const username = `app_${++lastUser}`;
  return server.createUser({ username, password: `first ${username}` });
};

/** Changes over the line that can be cut. */
const changeOwn = (user: UserAccount, newPassword: string): Promise<void> =>
  engine.changePassword({
    signInAs: { ...server.credential(user), port: line.port },
    username: user.username,
    newPassword: new Sensitive(newPassword),
  });

const sessionsOf = ({ username }: UserAccount): string =>
  `SELECT FROM pg_stat_activity WHERE usename = ${escapeLiteral(username)}`;

/** Holds the row of a role while something runs, and then gives way. */
const whileHeld = (username: string, run: (holder: Client) => Promise<void>): Promise<void> =>
  server.withClient(async (holder) => {
    await holder.query('BEGIN');
    await holder.query(`ALTER ROLE ${username} CONNECTION LIMIT 7`);
    await run(holder);
    await holder.query('ROLLBACK');
  });

it('a change whose client vanishes while it waits is dropped by the server and does not land late [§11.44]', async () => {
  const user = await aUser();

  await whileHeld(user.username, async () => {
    const changing = expect(changeOwn(user, 'second')).rejects.toBeInstanceOf(OutcomeUnknownError);
    await server.untilFound(`${sessionsOf(user)} AND wait_event_type = 'Lock'`);
    line.cut();
    await changing;
    // Sooner than the limit of the lock would.
    await server.untilFound(`SELECT WHERE NOT EXISTS (${sessionsOf(user)})`, 3_000);
  });

  expect(await server.signsIn(user)).toBe(true);
  expect(await server.signsIn({ ...user, password: 'second' })).toBe(false);
});

it('a change that lands without its answer has an unknown outcome, and signing in tells [§11.43]', async () => {
  const user = await aUser();
  const pending = server.credential({ ...user, password: 'second' });

  line.muteAfter = 'ALTER ROLE';
  const changing = expect(changeOwn(user, 'second')).rejects.toBeInstanceOf(OutcomeUnknownError);
  await server.untilFound(`${sessionsOf(user)} AND state = 'idle' AND query LIKE '%ALTER ROLE%'`);
  line.cut();
  await changing;

  expect(await engine.canSignIn(pending)).toBe(true);
  expect(await engine.canSignIn(server.credential(user))).toBe(false);
});

it('a connection lost before the change is sent is unavailable, and nothing was changed', async () => {
  const user = await aUser();

  line.muteAfter = 'client_connection_check_interval';
  const changing = expect(changeOwn(user, 'second')).rejects.toBeInstanceOf(TargetUnavailableError);
  await server.untilFound(`${sessionsOf(user)} AND query LIKE '%client_connection_check_interval%'`);
  line.cut();
  await changing;

  expect(await server.signsIn(user)).toBe(true);
});

it('waiting for an answer before the change is given up with the reason of the signal', async () => {
  const user = await aUser();
  const stopping = new AbortController();
  const changing = (): Promise<void> =>
    new PostgresEngine({ signal: stopping.signal }).changePassword({
      signInAs: { ...server.credential(user), port: line.port },
      username: user.username,
      newPassword: new Sensitive('second'),
    });

  line.muteAfter = 'client_connection_check_interval';
  const given = expect(changing()).rejects.toThrow('no longer wanted');
  await server.untilFound(`${sessionsOf(user)} AND query LIKE '%client_connection_check_interval%'`);
  stopping.abort(new Error('no longer wanted'));
  await given;
  line.cut();

  expect(await server.signsIn(user)).toBe(true);
});

it('a server that is stopped while it changes has an unknown outcome, then is unavailable, then is as before [§11.43]', async () => {
  const user = await aUser();

  await server
    .withClient(async (holder) => {
      await holder.query('BEGIN');
      await holder.query(`ALTER ROLE ${user.username} CONNECTION LIMIT 7`);
      const changing = expect(changeOwn(user, 'second')).rejects.toBeInstanceOf(OutcomeUnknownError);
      await server.untilFound(`${sessionsOf(user)} AND wait_event_type = 'Lock'`);
      await server.halt();
      await changing;
    })
    .catch(() => undefined);

  const failure = (await engine.canSignIn(server.credential(user)).catch((error: unknown) => error)) as RotationError;
  expect(failure).toBeInstanceOf(TargetUnavailableError);
  await server.resume();
  expect(await engine.canSignIn(server.credential(user))).toBe(true);
});

it('a standby proves a credential and refuses to change it [§11.42]', async () => {
  const user = await aUser();
  await server.writeFile('standby.signal', '');
  await server.halt();
  await server.resume();

  expect(await engine.canSignIn(server.credential(user))).toBe(true);
  await engine.verifyCredential({ credential: server.credential(user) });
  for (const signInAs of [server.credential(user), server.superuser]) {
    const change = { signInAs, username: user.username, newPassword: new Sensitive('second') };
    await expect(engine.changePassword(change)).rejects.toBeInstanceOf(TargetReadOnlyError);
  }
  expect(await engine.canSignIn(server.credential(user))).toBe(true);
});
