import { MysqlEngine } from '../../../adapters/mysql';
import {
  AccountBlockedError,
  OutcomeUnknownError,
  PasswordRejectedError,
  PermissionMissingError,
  SignInRefusedError,
  TargetConflictError,
  TargetMisconfiguredError,
  TargetReadOnlyError,
  TargetUnavailableError,
} from '../../../rotation/errors';
import { Sensitive } from '../../../rotation/sensitive';
import { type UserAccount } from '../../contracts/database-engine';
import { mysqlHere, startMysqlServer } from '../../support/mysql-server';
import { describeWith } from '../../support/servers/describe-on';
import { type OwnSqlServer, quoteText, rowsOf } from '../../support/servers/sql-server';

const notices: string[] = [];
const engine = new MysqlEngine({ passwordInStatement: true, onNotice: (notice) => notices.push(notice) });

describeWith('MysqlEngine on MySQL 9.7', { provision: mysqlHere }, (program) => {
  let server: OwnSqlServer;
  let lastUser = 0;

  beforeAll(async () => {
    server = await startMysqlServer(program, { 'max-connections': '20' });
  });

  afterAll(async () => {
    await server.stop();
  });

  beforeEach(() => {
    notices.length = 0;
  });

  const aUser = async (rest = '', host = '%'): Promise<UserAccount> => {
    const username = `app_${++lastUser}`;
    return server.createUser({ username, password: `first ${username}` }, { host, rest });
  };

  const changeOwn = (user: UserAccount, newPassword: string, by = engine): Promise<void> =>
    by.changePassword({
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

  const stored = async (username: string): Promise<{ plugin: string; hash: string }> => {
    const [row] = await server.sql<{ plugin: string; hash: string }>(
      `SELECT plugin, CAST(authentication_string AS CHAR) AS hash FROM mysql.user WHERE User = ${quoteText(username)}`,
    );
    return row ?? { plugin: '', hash: '' };
  };

  describe('the new password', () => {
    it('is hashed with as many rounds as the server would use', async () => {
      const user = await aUser();

      await changeBySuperuser(user.username);
      expect(await stored(user.username)).toMatchObject({ hash: expect.stringMatching(/^\$A\$00A\$/) as string });
    });

    it.each([1, 8, 64, 100, 213])('may have %d characters without TLS [§11.13]', async (length) => {
      const user = await aUser();

      await changeOwn(user, 'p'.repeat(length));
      await changeBySuperuser(user.username, 'q'.repeat(length));

      expect(await accepted(user.username, 'p'.repeat(length), 'q'.repeat(length))).toEqual(['q'.repeat(length)]);
    });

    it('signs in without TLS right after the change, by the whole exchange [§11.60]', async () => {
      const user = await aUser();
      await changeBySuperuser(user.username);

      await engine.verifyCredential({ credential: server.credential({ ...user, password: 'second' }) });
      await server.sql('FLUSH PRIVILEGES');
      await engine.verifyCredential({ credential: server.credential({ ...user, password: 'second' }) });
    });

    it.each(['naïve', 'e\u0301', '🔑key', 'пароль'])('replaces the existing password %j [§11.12]', async (password) => {
      const { username } = await aUser();
      await server.sql(`ALTER USER ${username} IDENTIFIED BY ${quoteText(password)} PASSWORD REQUIRE CURRENT`);

      await changeOwn({ username, password }, 'second');

      expect(await accepted(username, password, 'second')).toEqual(['second']);
    });

    it.each(['', 'ANSI_QUOTES', 'NO_BACKSLASH_ESCAPES', 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES'])(
      'means the same under the sql_mode %j [§11.16]',
      async (mode) => {
        const user = await aUser();
        const hostile = `it's "so" \\ \`here\` \n\t%_`;
        await server.sql(`SET GLOBAL sql_mode = ${quoteText(mode)}`);
        try {
          await changeOwn(user, hostile);
          expect(await accepted(user.username, hostile, user.password)).toEqual([hostile]);
          await changeBySuperuser(user.username, `${hostile}2`);
          expect(await accepted(user.username, hostile, `${hostile}2`)).toEqual([`${hostile}2`]);
        } finally {
          await server.sql('SET GLOBAL sql_mode = DEFAULT');
        }
      },
    );
  });

  describe('a second password from RETAIN CURRENT PASSWORD', () => {
    const withTwo = async (grant?: string): Promise<UserAccount> => {
      const user = await aUser();
      await server.sql(`ALTER USER ${user.username} IDENTIFIED BY 'newer' RETAIN CURRENT PASSWORD`);
      if (grant !== undefined) await server.sql(`GRANT ${grant} ON *.* TO ${user.username}`);
      expect(await accepted(user.username, user.password, 'newer')).toHaveLength(2);
      return user;
    };

    it('is ended when the superuser changes the password [§11.24]', async () => {
      const user = await withTwo();

      await changeBySuperuser(user.username);

      expect(await accepted(user.username, user.password, 'newer', 'second')).toEqual(['second']);
    });

    it.each(['CREATE USER', 'APPLICATION_PASSWORD_ADMIN'])('is ended by a user that has %s [§11.24]', async (grant) => {
      const user = await withTwo(grant);

      await changeOwn(user, 'second');

      expect(await accepted(user.username, user.password, 'newer', 'second')).toEqual(['second']);
      expect(notices).toEqual([]);
    });

    it('is told of by a user that may not end it [§11.24]', async () => {
      const user = await withTwo();

      await changeOwn({ ...user, password: 'newer' }, 'second');

      expect(await accepted(user.username, user.password, 'newer', 'second')).toEqual([user.password, 'second']);
      expect(notices).toEqual([expect.stringContaining(`ALTER USER \`${user.username}\`@\`%\` DISCARD OLD PASSWORD`)]);
    });
  });

  describe('an account', () => {
    it('keeps its plugin, or is refused where Rotor does not know it [§11.27]', async () => {
      const user = await aUser();
      await server.sql(`ALTER USER ${user.username} IDENTIFIED WITH sha256_password BY 'first'`);

      const own = changeOwn({ ...user, password: 'first' }, 'second');
      await expect(own).rejects.toThrow(/sha256_password/);
      await expect(changeBySuperuser(user.username)).rejects.toBeInstanceOf(TargetMisconfiguredError);

      expect(await stored(user.username)).toMatchObject({ plugin: 'sha256_password' });
    });

    it('without CREATE USER is left as it is where no password may stand in a statement, and told of both ways out', async () => {
      const user = await aUser();

      const refused = expect(changeOwn(user, 'second', new MysqlEngine())).rejects;
      await refused.toBeInstanceOf(PermissionMissingError);
      await expect(changeOwn(user, 'second', new MysqlEngine())).rejects.toThrow(
        /superuserSecretId.*GRANT CREATE USER/,
      );

      expect(await accepted(user.username, user.password, 'second')).toEqual([user.password]);
    });

    it('with PASSWORD REQUIRE CURRENT changes its own password', async () => {
      const user = await aUser('PASSWORD REQUIRE CURRENT');

      await changeOwn(user, 'second');

      expect(await accepted(user.username, user.password, 'second')).toEqual(['second']);
    });

    it('of a name that has several is left alone by the superuser, and changes itself alone [§11.8]', async () => {
      const { username } = await aUser();
      await server.createUser({ username, password: 'the local one' }, { host: 'localhost' });

      await expect(changeBySuperuser(username)).rejects.toThrow(
        /"%", "localhost".*Drop .* or give each .* RENAME USER/,
      );
      expect(await server.signsIn({ username, password: 'the local one' })).toBe(true);
      await changeOwn({ username, password: 'the local one' }, 'second');

      expect(await server.signsIn({ username, password: 'second' })).toBe(true);
      await server.sql(`DROP USER ${username}@localhost`);
      expect(await server.signsIn({ username, password: `first ${username}` })).toBe(true);
    });

    it.each(['127.0.0.%', '127.0.0._', '127.0.0.0/255.255.255.0', 'local%', 'localhost'])(
      'with the host %j is found by the session and by the superuser [§11.7]',
      async (host) => {
        const user = await aUser('', host);

        await changeOwn(user, 'second');
        await changeBySuperuser(user.username, 'third');

        expect(await accepted(user.username, user.password, 'second', 'third')).toEqual(['third']);
      },
    );

    it.each(['::1', 'h'.repeat(255)])('with the host %j is changed by the superuser [§11.4] [§11.7]', async (host) => {
      const user = await aUser('', host);
      const before = await stored(user.username);

      await changeBySuperuser(user.username);

      expect((await stored(user.username)).hash).not.toBe(before.hash);
    });

    it('that an anonymous one hides is refused, and not taken for it [§11.8]', async () => {
      const user = await aUser();
      await server.withConnection(async (admin) => {
        await admin.query(`CREATE USER ''@localhost IDENTIFIED BY 'of nobody'`);
        expect(await engine.canSignIn(server.credential(user))).toBe(false);
        await expect(changeOwn({ ...user, password: 'of nobody' }, 'second')).rejects.toThrow(/account without a name/);
        await admin.query(`DROP USER ''@localhost`);
      });
      expect(await server.signsIn(user)).toBe(true);
    });

    it.each(['u'.repeat(32), 'ü'.repeat(32), "@'%", '`', '_clone'])(
      'may be named %j [§11.4] [§11.5] [§11.7]',
      async (username) => {
        const user = await server.createUser({ username, password: 'first' });

        await changeOwn(user, 'second');
        await changeBySuperuser(username, 'third');

        expect(await accepted(username, 'first', 'second', 'third')).toEqual(['third']);
      },
    );

    it('whose password has expired is blocked for itself, and set right by the superuser [§11.22]', async () => {
      const user = await aUser('PASSWORD EXPIRE');

      await expect(changeOwn(user, 'second')).rejects.toBeInstanceOf(AccountBlockedError);
      await changeBySuperuser(user.username);

      expect(await server.signsIn({ ...user, password: 'second' })).toBe(true);
    });

    it('that one wrong password locks is not locked by a change and its verification [§11.36]', async () => {
      const user = await aUser('FAILED_LOGIN_ATTEMPTS 1 PASSWORD_LOCK_TIME UNBOUNDED');

      await changeOwn(user, 'second');
      await engine.verifyCredential({ credential: server.credential({ ...user, password: 'second' }) });
      expect(await server.signsIn({ ...user, password: 'second' })).toBe(true);

      const wrong = engine.verifyCredential({ credential: server.credential(user) });
      await expect(wrong).rejects.toBeInstanceOf(AccountBlockedError);
    });
  });

  describe('privileges', () => {
    it('an admin with CREATE USER alone is told what else it needs [§11.29]', async () => {
      const [admin, user] = [await aUser(), await aUser()];
      await server.sql(`GRANT CREATE USER ON *.* TO ${admin.username}`);

      const changing = changeBy(admin, user.username);
      await expect(changing).rejects.toBeInstanceOf(PermissionMissingError);
      await expect(changing).rejects.toThrow('GRANT SELECT ON mysql.user');

      await server.sql(`GRANT SELECT ON mysql.user TO ${admin.username}`);
      await changeBy(admin, user.username);
      expect(await accepted(user.username, user.password, 'second')).toEqual(['second']);
    });

    it('an account with SYSTEM_USER is safe from an admin without [§11.30]', async () => {
      const [admin, user] = [await aUser(), await aUser()];
      await server.sql(`GRANT CREATE USER ON *.* TO ${admin.username}`);
      await server.sql(`GRANT SELECT ON mysql.user TO ${admin.username}`);
      await server.sql(`GRANT SYSTEM_USER ON *.* TO ${user.username}`);

      await expect(changeBy(admin, user.username)).rejects.toThrow(/SYSTEM_USER/);

      expect(await server.signsIn(user)).toBe(true);
    });
  });

  describe('a password policy', () => {
    it('refuses a user its own weak password, and does not see the hash of a superuser [§11.14]', async () => {
      const user = await aUser();
      await server.sql("INSTALL COMPONENT 'file://component_validate_password'");
      try {
        await expect(changeOwn(user, 'weak')).rejects.toBeInstanceOf(PasswordRejectedError);
        expect(await server.signsIn(user)).toBe(true);
        await changeBySuperuser(user.username, 'weak');
        expect(await server.signsIn({ ...user, password: 'weak' })).toBe(true);
      } finally {
        await server.sql("UNINSTALL COMPONENT 'file://component_validate_password'");
      }
    });

    it('refuses a user a password that it had before [§11.14]', async () => {
      const user = await aUser('PASSWORD HISTORY 2');

      await changeOwn(user, 'second');

      await expect(changeOwn({ ...user, password: 'second' }, user.password)).rejects.toBeInstanceOf(
        PasswordRejectedError,
      );
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
          await server.sql('SET GLOBAL super_read_only = ON');
        });
        await expect(changing).rejects.toBeInstanceOf(TargetReadOnlyError);
      } finally {
        await server.sql('SET GLOBAL super_read_only = OFF');
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

    it.each(['super_read_only', 'read_only'])('that is %s changes nothing, whoever asks [§11.42]', async (option) => {
      const user = await aUser();
      await server.sql(`SET GLOBAL ${option} = ON`);
      try {
        await expect(changeOwn(user, 'second')).rejects.toBeInstanceOf(TargetReadOnlyError);
        await expect(changeBySuperuser(user.username)).rejects.toBeInstanceOf(TargetReadOnlyError);
        await engine.verifyCredential({ credential: server.credential(user) });
      } finally {
        await server.sql('SET GLOBAL super_read_only = OFF');
        await server.sql('SET GLOBAL read_only = OFF');
      }
    });

    it('that a backup has locked is left at the time limit, and nothing lands later [§11.49]', async () => {
      const user = await aUser();

      await server.withConnection(async (backup) => {
        await backup.query('FLUSH TABLES WITH READ LOCK');
        await expect(changeOwn(user, 'second')).rejects.toBeInstanceOf(TargetConflictError);
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
        const [row] = await rowsOf<{ ID: number; id: number }>(backup, waiting);
        await backup.query(`${kill} ${row?.id ?? row?.ID ?? 0}`);
        expect(await outcome).toBeInstanceOf(OutcomeUnknownError);
        await backup.query('UNLOCK TABLES');
      });

      expect(await accepted(user.username, user.password, 'second')).toHaveLength(1);
    });

    it('is waited for when the signal is aborted after the change was sent [§11.44]', async () => {
      const user = await aUser();
      const stopping = new AbortController();
      const stoppable = new MysqlEngine({ signal: stopping.signal, passwordInStatement: true });

      await server.withConnection(async (backup) => {
        await backup.query('FLUSH TABLES WITH READ LOCK');
        const changing = changeOwn(user, 'second', stoppable);
        await server.untilFound(`SELECT 1 FROM information_schema.processlist
          WHERE user = '${user.username}' AND state LIKE 'Waiting%'`);
        stopping.abort(new Error('no longer wanted'));
        await backup.query('UNLOCK TABLES');
        await changing;
      });

      expect(await accepted(user.username, user.password, 'second')).toEqual(['second']);
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

    it('that has no connection left at all is unavailable [§11.41]', async () => {
      const user = await aUser();
      const fill = (left: number): Promise<unknown> =>
        left === 0
          ? expect(engine.canSignIn(server.credential(user))).rejects.toBeInstanceOf(TargetUnavailableError)
          : server.withConnection(() => fill(left - 1), server.credential(user));

      await fill(20);
    });

    it('is given its limits before anything is changed there', async () => {
      const user = await aUser();
      await server.sql("SET GLOBAL log_output = 'TABLE'");
      await server.sql('SET GLOBAL general_log = ON');
      try {
        await changeOwn(user, 'second');
      } finally {
        await server.sql('SET GLOBAL general_log = OFF');
      }

      const log = await server.sql<{ text: string }>(
        `SELECT CAST(argument AS CHAR) AS text FROM mysql.general_log
          WHERE user_host LIKE '${user.username}[%' ORDER BY event_time`,
      );
      const sent = log.map(({ text }) => text).filter((text) => /SET SESSION|ALTER USER/.test(text));
      expect(sent[0]).toMatch(/lock_wait_timeout = 5\b.*max_execution_time = 15000/s);
    });

    it('that has stopped is unavailable, and the refused credential is told from it [§11.43]', async () => {
      const [user, brief] = [await aUser(), await startMysqlServer(program)];
      const credential = brief.credential(user);
      await expect(engine.verifyCredential({ credential })).rejects.toBeInstanceOf(SignInRefusedError);

      await brief.stop();

      await expect(engine.verifyCredential({ credential })).rejects.toBeInstanceOf(TargetUnavailableError);
    });
  });
});
