import { DatabaseError } from 'pg';
import { PostgresEngine } from '../../../adapters/postgres';
import { SignInRefusedError, TargetMisconfiguredError } from '../../../rotation/errors';
import { type ConnectionSecret } from '../../../rotation/secret-value';
import { Sensitive } from '../../../rotation/sensitive';
import { singleUser } from '../../../rotation/strategies/single-user';
import { type UserAccount } from '../../contracts/database-engine';
import { type Pgbouncer, pgbouncerHere, type PgbouncerOptions, startPgbouncer } from '../../support/pgbouncer-server';
import { type OwnPostgresServer, startPostgresServer } from '../../support/postgres-server';
import { describeWith } from '../../support/servers/describe-on';

describeWith('PgBouncer', { provision: pgbouncerHere }, (program) => {
  const engine = new PostgresEngine();
  let server: OwnPostgresServer;
  let lastUser = 0;

  beforeAll(async () => {
    server = await startPostgresServer();
  });

  afterAll(async () => {
    await server.stop();
  });

  const aUser = (): Promise<UserAccount> => {
    const username = `pooled_${++lastUser}`;
    return server.createUser({ username, password: `first ${username}` });
  };

  /** Gives a user another password, straight at the server. */
  async function renew(user: UserAccount): Promise<UserAccount> {
    const renewed = { ...user, password: `renewed ${user.username}` };
    const signInAs = server.credential(user);
    await engine.changePassword({ signInAs, username: user.username, newPassword: new Sensitive(renewed.password) });
    await engine.verifyCredential({ credential: server.credential(renewed) });
    return renewed;
  }

  async function withPgbouncer(options: PgbouncerOptions, use: (pooler: Pgbouncer) => Promise<void>): Promise<void> {
    const pooler = await startPgbouncer(program, { ...options, server });
    try {
      await use(pooler);
    } finally {
      await pooler.stop();
    }
  }

  /** Whether an application can work through it. False: it refused the password itself. */
  const letsIn = (pooler: Pgbouncer, user: UserAccount): Promise<boolean> =>
    pooler.sql('SELECT 1', pooler.credential(user)).then(
      () => true,
      (error: unknown) => {
        if (error instanceof DatabaseError && error.message.includes('authentication failed')) return false;
        throw error;
      },
    );

  const poolModes = ['session', 'transaction'] as const;

  describe.each(poolModes)('that pools by %s', (poolMode) => {
    it('and asks the server for passwords lets an application in by the new one at once [§11.40]', async () => {
      await withPgbouncer({ poolMode, passwordsFrom: 'auth_query' }, async (pooler) => {
        const user = await aUser();

        await pooler.withClient(async (client) => {
          await client.query('SELECT 1');
          const renewed = await renew(user);

          expect(await letsIn(pooler, renewed)).toBe(true);
          expect(await letsIn(pooler, user)).toBe(false);
          expect((await client.query('SELECT session_user AS name')).rows).toEqual([{ name: user.username }]);
        }, pooler.credential(user));
      });
    });

    it('and asks the server for passwords lets an application in as either of two users', async () => {
      await withPgbouncer({ poolMode, passwordsFrom: 'auth_query' }, async (pooler) => {
        const app = await aUser();
        const clone = { username: `${app.username}_clone`, password: 'of the clone' };

        await engine.matchUser({
          superuser: server.superuser,
          original: server.credential(app),
          alternate: server.credential(clone),
        });

        expect(await letsIn(pooler, clone)).toBe(true);
        expect(await letsIn(pooler, app)).toBe(true);
      });
    });

    it('and has passwords in a file knows the old one until the file is written and read again [§11.40]', async () => {
      await withPgbouncer({ poolMode, passwordsFrom: 'auth_file' }, async (pooler) => {
        const user = await aUser();
        await pooler.know(user);

        await pooler.withClient(async (client) => {
          await client.query('SELECT 1'); // so that a connection to the server is there
          const renewed = await renew(user);

          expect(await letsIn(pooler, renewed)).toBe(false);
          await expect(engine.verifyCredential({ credential: pooler.credential(renewed) })).rejects.toThrow(
            /^The pooler at .* refused the password .* name the server itself in the secret/,
          );

          await pooler.know(renewed);
          expect(await letsIn(pooler, renewed)).toBe(true);
          expect(await letsIn(pooler, user)).toBe(false);
        }, pooler.credential(user));
      });
    });

    it('and whose file is stale lets nobody believe in a password that the server refuses [§11.40]', async () => {
      await withPgbouncer({ poolMode, passwordsFrom: 'auth_file' }, async (pooler) => {
        const user = await aUser();
        await pooler.know(user);
        expect(await letsIn(pooler, user)).toBe(true);

        await renew(user);

        expect(await letsIn(pooler, user)).toBe(true); // by the connection that it has kept
        const credential = pooler.credential(user);
        await expect(engine.canSignIn(credential)).rejects.toBeInstanceOf(TargetMisconfiguredError);
        await expect(engine.verifyCredential({ credential })).rejects.toBeInstanceOf(TargetMisconfiguredError);
      });
    });

    it('is refused in the place of the server before anything is stored or changed [§11.40]', async () => {
      await withPgbouncer({ poolMode, passwordsFrom: 'auth_query' }, async (pooler) => {
        const user = await aUser();
        const current = pooler.credential(user);
        const alternate = { ...current, username: `${user.username}_clone`, password: new Sensitive('of the clone') };
        const newPassword = new Sensitive('second');
        const nothing = (): Promise<undefined> => Promise.resolve(undefined);
        const calls: (() => Promise<unknown>)[] = [
          () => singleUser.prepare({ engine, current, previous: nothing, superuser: nothing }),
          () => engine.canSignIn(current),
          () => engine.inspect(current),
          () => engine.verifyCredential({ credential: current }),
          () => engine.changePassword({ signInAs: current, username: user.username, newPassword }),
          () => engine.matchUser({ superuser: pooler.superuser, original: current, alternate }),
          () => engine.endStrays({ signInAs: current, username: user.username }),
        ];

        for (const call of calls) {
          await expect(call()).rejects.toBeInstanceOf(TargetMisconfiguredError);
          await expect(call()).rejects.toThrow(/ is a pooler, .* Name the server itself in the secret/);
        }

        expect(await server.signsIn(user)).toBe(true);
        expect(await server.signsIn({ username: alternate.username, password: 'of the clone' })).toBe(false);
      });
    });
  });

  it.each(['auth_query', 'auth_file'] as const)(
    'that knows users by its %s refuses a wrong password and an unknown user',
    async (passwordsFrom) => {
      await withPgbouncer({ poolMode: 'session', passwordsFrom }, async (pooler) => {
        const user = await aUser();
        await pooler.know(user);
        const wrong: ConnectionSecret[] = [
          pooler.credential({ ...user, password: 'wrong' }),
          pooler.credential({ username: 'nobody_here', password: 'any' }),
        ];

        for (const credential of wrong) {
          expect(await engine.canSignIn(credential)).toBe(false);
          await expect(engine.verifyCredential({ credential })).rejects.toBeInstanceOf(SignInRefusedError);
        }
      });
    },
  );
});
