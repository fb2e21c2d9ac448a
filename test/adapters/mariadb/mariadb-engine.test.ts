import { MariadbEngine } from '../../../adapters/mariadb';
import {
  AccountBlockedError,
  OutcomeUnknownError,
  PermissionMissingError,
  TargetMisconfiguredError,
  TargetReadOnlyError,
  TargetUnavailableError,
} from '../../../rotation/errors';
import { Sensitive } from '../../../rotation/sensitive';
import { type UserAccount } from '../../contracts/database-engine';
import { mariadbHere, startMariadbServer } from '../../support/mariadb-server';
import { describeWith } from '../../support/servers/describe-on';
import { type OwnSqlServer, quoteText, rowsOf } from '../../support/servers/sql-server';

const engine = new MariadbEngine();
const hashOfOne = '*74445CD742AF268FD22866DA0D12758951D638F7';
const hashOfTwo = '*A41BEE51488264C01B96DE959A9142AF1A75205E';

describeWith('MariadbEngine on MariaDB 10.11', { provision: mariadbHere }, (program) => {
  const itNeedsPlugins = program.pluginFolder === undefined ? it.skip : it;
  let server: OwnSqlServer;
  let lastUser = 0;

  beforeAll(async () => {
    server = await startMariadbServer(program, { 'max-connections': '20' });
  });

  afterAll(async () => {
    await server.stop();
  });

  const aUser = async (rest = '', host = '%'): Promise<UserAccount> => {
    const username = `app_${++lastUser}`;
    return server.createUser({ username, password: `first ${username}` }, { host, rest });
  };

  const changeOwn = (user: UserAccount, newPassword: string): Promise<void> =>
    engine.changePassword({
      signInAs: server.credential(user),
      username: user.username,
      newPassword: new Sensitive(newPassword),
    });

  const changeBy = (admin: UserAccount, username: string, newPassword = 'second'): Promise<void> =>
    engine.changePassword({ signInAs: server.credential(admin), username, newPassword: new Sensitive(newPassword) });

  const changeBySuperuser = (username: string, newPassword = 'second'): Promise<void> =>
    engine.changePassword({ signInAs: server.superuser, username, newPassword: new Sensitive(newPassword) });

  async function accepted(username: string, ...passwords: string[]): Promise<string[]> {
    const found: string[] = [];
    for (const password of passwords) if (await server.signsIn({ username, password })) found.push(password);
    return found;
  }

  async function authenticationsOf(username: string): Promise<string> {
    const [row] = await server.sql<Record<string, string>>(`SHOW CREATE USER ${username}`);
    return Object.values(row ?? {})[0] ?? '';
  }

  describe('an account with two passwords', () => {
    const withTwo = async (): Promise<string> => {
      const { username } = await aUser();
      await server.sql(`ALTER USER ${username} IDENTIFIED VIA mysql_native_password USING '${hashOfOne}'
        OR mysql_native_password USING '${hashOfTwo}'`);
      expect(await accepted(username, 'one', 'two')).toEqual(['one', 'two']);
      return username;
    };

    it('has one when the superuser has changed it [§11.58]', async () => {
      const username = await withTwo();

      await changeBySuperuser(username);

      expect(await accepted(username, 'one', 'two', 'second')).toEqual(['second']);
    });

    it('has one when it has changed itself with CREATE USER [§11.58]', async () => {
      const username = await withTwo();
      await server.sql(`GRANT CREATE USER ON *.* TO ${username}`);

      await changeOwn({ username, password: 'two' }, 'second');

      expect(await accepted(username, 'one', 'two', 'second')).toEqual(['second']);
    });

    it('is not changed by itself without: the second would stay alive [§11.58]', async () => {
      const username = await withTwo();

      await expect(changeOwn({ username, password: 'one' }, 'second')).rejects.toBeInstanceOf(PermissionMissingError);

      expect(await accepted(username, 'one', 'two', 'second')).toEqual(['one', 'two']);
    });
  });

  describe('an account', () => {
    it('keeps the ways to sign in that need no password', async () => {
      const { username } = await aUser();
      await server.sql(`ALTER USER ${username} IDENTIFIED VIA unix_socket
        OR mysql_native_password USING '${hashOfOne}'`);

      await expect(changeOwn({ username, password: 'one' }, 'second')).rejects.toBeInstanceOf(PermissionMissingError);
      expect(await accepted(username, 'one', 'second')).toEqual(['one']);
      await changeBySuperuser(username);

      expect(await accepted(username, 'one', 'second')).toEqual(['second']);
      expect(await authenticationsOf(username)).toMatch(/VIA mysql_native_password USING '\*\w+' OR unix_socket$/);
    });

    itNeedsPlugins('that signs in by ed25519 is refused, whoever asks [§11.19] [§11.27]', async () => {
      await server.sql("INSTALL SONAME 'auth_ed25519'");
      const { username } = await aUser();
      await server.sql(`ALTER USER ${username} IDENTIFIED VIA ed25519 USING PASSWORD('first')`);
      const user = { username, password: 'first' };

      await expect(engine.canSignIn(server.credential(user))).rejects.toThrow(/ed25519.*mysql_native_password/);
      await expect(changeBySuperuser(username)).rejects.toThrow(/plugin ed25519/);
      await server.sql(`ALTER USER ${username} IDENTIFIED VIA mysql_native_password USING '${hashOfOne}'
        OR ed25519 USING PASSWORD('first')`);
      await expect(changeOwn({ username, password: 'one' }, 'second')).rejects.toThrow(/ed25519/);

      expect(await authenticationsOf(username)).toContain('OR ed25519');
    });

    it('of a name that has several is left alone by the superuser, and changes itself alone [§11.8]', async () => {
      const { username } = await aUser();
      await server.createUser({ username, password: 'the local one' }, { host: '127.0.0.1' });

      await expect(changeBySuperuser(username)).rejects.toThrow(
        /"%", "127.0.0.1".*Drop .* or give each .* RENAME USER/,
      );
      await changeOwn({ username, password: 'the local one' }, 'second');

      expect(await accepted(username, 'the local one', 'second')).toEqual(['second']);
      await server.sql(`DROP USER ${username}@'127.0.0.1'`);
      expect(await accepted(username, `first ${username}`)).toHaveLength(1);
    });

    it('is told from a role of the same name', async () => {
      await server.sql('CREATE ROLE a_role');

      await expect(changeBySuperuser('a_role')).rejects.toThrow(/no user "a_role"/);
    });

    it.each(['u'.repeat(128), 'ü'.repeat(128), `${'u'.repeat(122)}_clone`, '`', "@'%", ' first'])(
      'may be named %j [§11.4] [§11.7]',
      async (username) => {
        const user = await server.createUser({ username, password: 'first' });

        await changeOwn(user, 'second');
        await changeBySuperuser(username, 'third');
        await engine.verifyCredential({ credential: server.credential({ username, password: 'third' }) });

        expect(await accepted(username, 'first', 'second', 'third')).toEqual(['third']);
      },
    );

    it.each(['127.0.0.%', '127.0.0._', '127.0.0.0/255.255.255.0'])(
      'with the host %j is found [§11.7]',
      async (host) => {
        const user = await aUser('', host);

        await changeOwn(user, 'second');
        await changeBySuperuser(user.username, 'third');

        expect(await accepted(user.username, 'second', 'third')).toEqual(['third']);
      },
    );

    it.each(['::1', 'h'.repeat(255)])('with the host %j is changed by the superuser [§11.4] [§11.7]', async (host) => {
      const { username } = await aUser('', host);

      await changeBySuperuser(username, 'one');

      const [row] = await server.sql<{ hash: string }>(
        `SELECT authentication_string AS hash FROM mysql.user WHERE User = ${quoteText(username)}`,
      );
      expect(row?.hash).toBe(hashOfOne);
    });

    it('whose password has expired is blocked for itself, and set right by the superuser [§11.22]', async () => {
      const user = await aUser('PASSWORD EXPIRE');

      await expect(engine.canSignIn(server.credential(user))).rejects.toBeInstanceOf(AccountBlockedError);
      await expect(changeOwn(user, 'second')).rejects.toBeInstanceOf(AccountBlockedError);
      await changeBySuperuser(user.username);

      expect(await accepted(user.username, 'second')).toEqual(['second']);
    });

    it('after too many wrong passwords is blocked, which MariaDB tells by a number that MySQL has for another thing', async () => {
      const user = await aUser();
      await server.sql('SET GLOBAL max_password_errors = 1');
      try {
        expect(await engine.canSignIn(server.credential({ ...user, password: 'wrong' }))).toBe(false);
        await expect(engine.canSignIn(server.credential(user))).rejects.toMatchObject({
          name: 'AccountBlocked',
          ids: { code: '4150' },
        });
      } finally {
        await server.sql('SET GLOBAL max_password_errors = DEFAULT');
        await server.sql('FLUSH PRIVILEGES');
      }
    });

    it('replaces an existing password that is not ASCII [§11.12]', async () => {
      const { username } = await aUser();
      await server.sql(`ALTER USER ${username} IDENTIFIED BY 'naïve 🔑'`);

      await changeOwn({ username, password: 'naïve 🔑' }, 'second');

      expect(await accepted(username, 'naïve 🔑', 'second')).toEqual(['second']);
    });

    it.each(['', 'ANSI_QUOTES', 'NO_BACKSLASH_ESCAPES', 'ORACLE'])(
      'changes under the sql_mode %j [§11.16]',
      async (mode) => {
        const user = await aUser();
        const hostile = `it's "so" \\ \`here\` %_`;
        await server.sql(`SET GLOBAL sql_mode = ${quoteText(mode)}`);
        try {
          await changeOwn(user, hostile);
          expect(await accepted(user.username, hostile)).toEqual([hostile]);
          await changeBySuperuser(user.username, `${hostile}2`);
          expect(await accepted(user.username, hostile, `${hostile}2`)).toEqual([`${hostile}2`]);
        } finally {
          await server.sql('SET GLOBAL sql_mode = DEFAULT');
        }
      },
    );

    it.each([1, 64, 213, 256, 10_000])('may have a password of %d characters without TLS [§11.13]', async (length) => {
      const user = await aUser();

      await changeOwn(user, 'p'.repeat(length));

      expect(await accepted(user.username, 'p'.repeat(length), user.password)).toEqual(['p'.repeat(length)]);
    });
  });

  describe('privileges', () => {
    it('an admin with CREATE USER alone is told what else it needs [§11.29]', async () => {
      const [admin, user] = [await aUser(), await aUser()];
      await server.sql(`GRANT CREATE USER ON *.* TO ${admin.username}`);

      await expect(changeBy(admin, user.username)).rejects.toThrow('GRANT SELECT ON mysql.*');

      await server.sql(`GRANT SELECT ON mysql.* TO ${admin.username}`);
      await changeBy(admin, user.username);
      expect(await accepted(user.username, user.password, 'second')).toEqual(['second']);
    });

    it('nobody changes the password of root but root [§11.30]', async () => {
      await server.sql(`CREATE USER root@'%' IDENTIFIED BY 'first'`);

      await expect(changeBySuperuser('root')).rejects.toBeInstanceOf(TargetMisconfiguredError);
      await changeOwn({ username: 'root', password: 'first' }, 'second');

      expect(await accepted('root', 'first', 'second')).toEqual(['second']);
    });
  });

  describe('a server', () => {
    const changeAfter = (user: UserAccount, stillWanted: () => Promise<void>): Promise<void> =>
      engine.changePassword({
        signInAs: server.credential(user),
        username: user.username,
        newPassword: new Sensitive('second'),
        stillWanted,
      });

    it('that becomes read-only after the sign-in changes nothing [§11.42]', async () => {
      const user = await aUser();
      try {
        const changing = changeAfter(user, async () => {
          await server.sql('SET GLOBAL read_only = ON');
        });
        await expect(changing).rejects.toBeInstanceOf(TargetReadOnlyError);
      } finally {
        await server.sql('SET GLOBAL read_only = OFF');
      }
      expect(await accepted(user.username, user.password, 'second')).toEqual([user.password]);
    });

    it('that ends the session while nothing runs changes nothing, and ends nobody else [§11.47]', async () => {
      const user = await aUser();

      const changing = changeAfter(user, async () => {
        const [row] = await server.sql<{ id: number }>(
          `SELECT id AS id FROM information_schema.processlist WHERE user = '${user.username}'`,
        );
        await server.sql(`KILL ${row?.id ?? 0}`);
      });

      await expect(changing).rejects.toMatchObject({
        name: expect.stringMatching(/^(TargetUnavailable|OutcomeUnknown)$/) as string,
      });
      expect(await accepted(user.username, user.password, 'second')).toEqual([user.password]);
    });

    it('that is read-only changes nothing, whoever asks [§11.42]', async () => {
      const user = await aUser();
      await server.sql('SET GLOBAL read_only = ON');
      try {
        await expect(changeOwn(user, 'second')).rejects.toBeInstanceOf(TargetReadOnlyError);
        await expect(changeBySuperuser(user.username)).rejects.toBeInstanceOf(TargetReadOnlyError);
        await engine.verifyCredential({ credential: server.credential(user) });
      } finally {
        await server.sql('SET GLOBAL read_only = OFF');
      }
    });

    itNeedsPlugins(
      'whose policy judges only what it is shown refuses every hash, and says what to do [§11.14]',
      async () => {
        const user = await aUser();
        await server.sql("INSTALL SONAME 'simple_password_check'");
        try {
          for (const change of [changeOwn(user, 'Second_1234'), changeBySuperuser(user.username)]) {
            await expect(change).rejects.toThrow(/strict_password_validation = OFF/);
          }
          await server.sql('SET GLOBAL strict_password_validation = OFF');
          await changeOwn(user, 'Second_1234');
        } finally {
          await server.sql('SET GLOBAL strict_password_validation = ON');
          await server.sql("UNINSTALL SONAME 'simple_password_check'");
        }
        expect(await accepted(user.username, 'Second_1234')).toHaveLength(1);
      },
    );

    it('that a backup has locked is left at the time limit, and nothing lands later [§11.49]', async () => {
      const user = await aUser();

      await server.withConnection(async (backup) => {
        await backup.query('FLUSH TABLES WITH READ LOCK');
        await expect(changeOwn(user, 'second')).rejects.toBeInstanceOf(TargetUnavailableError);
        await backup.query('UNLOCK TABLES');
      });

      expect(await accepted(user.username, user.password, 'second')).toEqual([user.password]);
    });

    it.each(['KILL', 'KILL QUERY'])('that ends a change by %s leaves its outcome unknown [§11.44]', async (kill) => {
      const user = await aUser();
      const waiting = `SELECT id FROM information_schema.processlist
        WHERE user = '${user.username}' AND state LIKE 'Waiting%'`;

      await server.withConnection(async (backup) => {
        await backup.query('FLUSH TABLES WITH READ LOCK');
        const outcome = changeOwn(user, 'second').catch((error: unknown) => error);
        await server.untilFound(waiting);
        const [row] = await rowsOf<{ id: number }>(backup, waiting);
        await backup.query(`${kill} ${row?.id ?? 0}`);
        expect(await outcome).toBeInstanceOf(OutcomeUnknownError);
        await backup.query('UNLOCK TABLES');
      });

      expect(await accepted(user.username, user.password, 'second')).toHaveLength(1);
    });

    it('whose init_connect fails is a matter of configuration [§11.51]', async () => {
      const user = await aUser();
      await server.sql(`SET GLOBAL init_connect = 'SELECT 1 FROM nowhere.nothing'`);
      try {
        await expect(engine.verifyCredential({ credential: server.credential(user) })).rejects.toThrow(/init_connect/);
      } finally {
        await server.sql(`SET GLOBAL init_connect = ''`);
      }
    });

    it.each(['MAX_USER_CONNECTIONS 1', 'MAX_CONNECTIONS_PER_HOUR 1'])(
      'that has no connection left for a user is unavailable: %s [§11.41]',
      async (limit) => {
        const user = await aUser(`WITH ${limit}`);

        await server.withConnection(async () => {
          await expect(engine.canSignIn(server.credential(user))).rejects.toBeInstanceOf(TargetUnavailableError);
        }, server.credential(user));
      },
    );

    it('that has stopped is unavailable [§11.43]', async () => {
      const brief = await startMariadbServer(program);
      const credential = brief.credential(await aUser());
      expect(await engine.canSignIn(credential)).toBe(false);

      await brief.stop();

      await expect(engine.verifyCredential({ credential })).rejects.toBeInstanceOf(TargetUnavailableError);
    });
  });
});
