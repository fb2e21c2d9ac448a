import { PostgresEngine } from '../../../adapters/postgres';
import { type PasswordChange } from '../../../rotation/database-engine';
import { SignInRefusedError, TargetConflictError } from '../../../rotation/errors';
import { type ConnectionSecret } from '../../../rotation/secret-value';
import { Sensitive } from '../../../rotation/sensitive';
import { describeLateChanges, type HeldChanges } from '../../contracts/late-changes';
import { type OwnPostgresServer, startPostgresServer } from '../../support/postgres-server';
import { describeWith, provide } from '../../support/servers/describe-on';
import { findPostgres } from '../../support/servers/postgres-program';

function describeOn(name: string, binaries?: ReturnType<typeof findPostgres>): void {
  describe(name, () => {
    const engine = new PostgresEngine();
    let server: OwnPostgresServer;
    let lastUser = 0;

    beforeAll(async () => {
      server = await startPostgresServer({}, binaries);
    });

    afterAll(async () => {
      await server.stop();
    });

    const user = async (): Promise<ConnectionSecret> => {
      const username = `late_${++lastUser}`;
      return server.credential(await server.createUser({ username, password: `first ${username}` }));
    };

    const change = (
      { username }: ConnectionSecret,
      { by, to, ...asked }: { by: ConnectionSecret; to: string } & Pick<PasswordChange, 'stillWanted'>,
    ): Promise<void> => engine.changePassword({ signInAs: by, username, newPassword: new Sensitive(to), ...asked });

    const changeBySuperuser = (user: ConnectionSecret, to = 'second'): Promise<void> =>
      change(user, { by: server.superuser, to });

    const accepted = async (user: ConnectionSecret, passwords: readonly string[]): Promise<string[]> => {
      const answers = passwords.map((password) => engine.canSignIn({ ...user, password: new Sensitive(password) }));
      const works = await Promise.all(answers);
      return passwords.filter((_, at) => works[at]);
    };

    describeLateChanges({
      engineFor: () => engine,
      user,
      get admin() {
        return server.superuser;
      },
      holdChanges: () => holdChanges(server),
    });

    it('that took its time to ask whether it is wanted does not land after another one [§11.56]', async () => {
      const app = await user();
      const [asked, answered] = [gate(), gate()];
      const stillWanted = (): Promise<void> => {
        asked.open();
        return answered.opened;
      };

      const late = expect(change(app, { by: app, to: 'second', stillWanted })).rejects.toMatchObject({
        retryable: true,
      });
      await asked.opened;
      await change(app, { by: app, to: 'third' });
      answered.open();
      await late;

      expect(await accepted(app, [app.password.reveal(), 'second', 'third'])).toEqual(['third']);
    });

    it('of another user by the same superuser goes on', async () => {
      const [app, other] = [await user(), await user()];
      const held = await holdChanges(server);

      const going = changeBySuperuser(other);
      await held.waiting();
      await engine.endStrays({ signInAs: server.superuser, username: app.username });
      const next = changeBySuperuser(app);
      await held.release();
      await Promise.all([going, next]);

      for (const each of [app, other]) expect(await accepted(each, ['second'])).toEqual(['second']);
    });

    it('at the same moment as others, and by others, ends with one of their passwords [§11.45]', async () => {
      const app = await user();
      const passwords = ['second', 'third', 'fourth', 'fifth', 'sixth'];

      const outcomes = await Promise.allSettled(
        passwords.map((to, at) => change(app, { to, by: at % 2 === 0 ? server.superuser : app })),
      );

      const failures = outcomes.flatMap((outcome) =>
        outcome.status === 'rejected' ? [outcome.reason as unknown] : [],
      );
      expect(failures.length).toBeLessThan(passwords.length);
      for (const failure of failures) {
        // To sign in as the user, a change may have come too late.
        if (!(failure instanceof SignInRefusedError)) expect(failure).toMatchObject({ retryable: true });
      }
      expect(await accepted(app, passwords)).toHaveLength(1);
    });

    it('tells the user that may not end it what would let it', async () => {
      const app = await user();
      const held = await holdChanges(server);

      const late = changeBySuperuser(app);
      await held.waiting();
      const changing = change(app, { by: app, to: 'third' });
      await expect(changing).rejects.toThrow(`run: GRANT pg_signal_backend TO "${app.username}"`);
      await expect(changing).rejects.toBeInstanceOf(TargetConflictError);
      await held.release();
      await late;

      expect(await accepted(app, ['second', 'third'])).toEqual(['second']);
    });

    it('may be ended by a user with the right to end the sessions of others, and a superuser’s may not', async () => {
      const app = await user();
      const admin = await user();
      await server.sql(`GRANT pg_signal_backend TO "${admin.username}"`);
      const ending = { signInAs: admin, username: app.username };
      const held = await holdChanges(server);

      const ended = expect(change(app, { by: app, to: 'second' })).rejects.toMatchObject({ retryable: true });
      await held.waiting();
      await engine.endStrays(ending);
      await ended;
      const superusers = changeBySuperuser(app);
      await held.waiting();
      await expect(engine.endStrays(ending)).rejects.toBeInstanceOf(TargetConflictError);
      await held.release();

      await superusers;
    });

    it('is ended also by a user whose sessions act as another role', async () => {
      const [app, owner] = [await user(), await user()];
      await server.sql(`GRANT "${owner.username}" TO "${app.username}"`);
      await server.sql(`ALTER ROLE "${app.username}" SET role = '${owner.username}'`);
      const held = await holdChanges(server);

      const ended = expect(change(app, { by: app, to: 'second' })).rejects.toMatchObject({ retryable: true });
      await held.waiting();
      await engine.endStrays({ signInAs: app, username: app.username });
      await ended;
      await held.release();

      expect(await engine.canSignIn(app)).toBe(true);
    });

    it('leaves the application’s own sessions alone, and those that only look', async () => {
      const app = await user();

      await server.withClient(async (client) => {
        await client.query(`SET application_name = 'rotor'`);
        await client.query('BEGIN');
        await engine.endStrays({ signInAs: server.superuser, username: app.username });
        await changeBySuperuser(app);
        await client.query('COMMIT');

        const { rows } = await client.query('SELECT session_user AS name');
        expect(rows).toEqual([{ name: app.username }]);
      }, app);
    });

    it('is found whatever name the server gives to the sessions of the user', async () => {
      const app = await user();
      await server.sql(`ALTER ROLE "${app.username}" SET application_name = 'shop'`);
      const held = await holdChanges(server);

      const ended = expect(change(app, { by: app, to: 'second' })).rejects.toMatchObject({ retryable: true });
      await held.waiting();
      await engine.endStrays({ signInAs: app, username: app.username });
      await ended;
      await held.release();

      expect(await engine.canSignIn(app)).toBe(true);
    });
  });
}

/** Something to wait for. */
function gate(): { open: () => void; opened: Promise<void> } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { open, opened };
}

/** Holds the table that every role's row is in. */
async function holdChanges(server: OwnPostgresServer): Promise<HeldChanges> {
  const [held, released] = [gate(), gate()];
  const holding = server.withClient(async (client) => {
    await client.query('BEGIN');
    await client.query('LOCK TABLE pg_authid IN SHARE MODE');
    held.open();
    await released.opened;
    await client.query('ROLLBACK');
  });
  await Promise.race([held.opened, holding]);
  return {
    waiting: () => server.untilFound(`SELECT FROM pg_locks WHERE relation = 'pg_authid'::regclass AND NOT granted`),
    release: async () => {
      released.open();
      await holding;
    },
  };
}

describeOn('PostgreSQL');

describeWith('PostgreSQL 15', { provision: provide(() => findPostgres(15)) }, (binaries) => {
  describeOn('On PostgreSQL 15', binaries);
});
