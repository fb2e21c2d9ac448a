import { type Client, escapeIdentifier, escapeLiteral } from 'pg';
import { PostgresEngine } from '../../../adapters/postgres';
import {
  AccountBlockedError,
  CannotVerifyError,
  PermissionMissingError,
  SignInRefusedError,
  TargetConflictError,
  TargetMisconfiguredError,
  TargetReadOnlyError,
  TargetUnavailableError,
} from '../../../rotation/errors';
import { type ConnectionSecret } from '../../../rotation/secret-value';
import { Sensitive } from '../../../rotation/sensitive';
import { type UserAccount } from '../../contracts/database-engine';
import { type OwnPostgresServer, startPostgresServer } from '../../support/postgres-server';

const engine = new PostgresEngine();
let server: OwnPostgresServer;
let lastUser = 0;

beforeAll(async () => {
  server = await startPostgresServer({ log_connections: 'on', max_connections: '20', max_wal_senders: '0' });
});

afterAll(async () => {
  await server.stop();
});

const aUser = (attributes = '', username = `app_${++lastUser}`): Promise<UserAccount> =>
  server.createUser({ username, password: `first ${username}` }, attributes);

const changeOwn = (user: UserAccount, newPassword: string, by = engine): Promise<void> =>
  by.changePassword({
    signInAs: server.credential(user),
    username: user.username,
    newPassword: new Sensitive(newPassword),
  });

const changeBySuperuser = (username: string, newPassword: string): Promise<void> =>
  engine.changePassword({ signInAs: server.superuser, username, newPassword: new Sensitive(newPassword) });

async function expectOnly({
  username,
  right,
  wrong,
}: {
  username: string;
  right: string;
  wrong: string;
}): Promise<void> {
  expect(await server.signsIn({ username, password: right })).toBe(true);
  expect(await server.signsIn({ username, password: wrong })).toBe(false);
}

const storedVerifier = async (username: string): Promise<string> => {
  const [row] = await server.sql<{ rolpassword: string }>(
    `SELECT rolpassword FROM pg_authid WHERE rolname = ${escapeLiteral(username)}`,
  );
  return row?.rolpassword ?? '';
};

/** How often a user signed in while something ran, by the server's own log. */
async function signInsDuring({ username }: UserAccount, run: () => Promise<unknown>): Promise<number> {
  const count = async (): Promise<number> =>
    (await server.log()).split(`connection authorized: user=${username} `).length - 1;
  const before = await count();
  await run();
  return (await count()) - before;
}

describe('the new password', () => {
  it('is stored as a SCRAM verifier whatever password_encryption says [§11.17]', async () => {
    const user = await aUser();
    await server.sql(`ALTER ROLE ${user.username} SET password_encryption = 'md5'`);

    await changeOwn(user, 'second');

    expect(await storedVerifier(user.username)).toMatch(/^SCRAM-SHA-256\$4096:/);
    await expectOnly({ username: user.username, right: 'second', wrong: user.password });
  });

  it('has as many iterations as the server asks for, and never fewer than 4096 [§11.17]', async () => {
    const user = await aUser();

    await server.sql(`ALTER ROLE ${user.username} SET scram_iterations = 20000`);
    await changeOwn(user, 'second');
    expect(await storedVerifier(user.username)).toMatch(/^SCRAM-SHA-256\$20000:/);

    await server.sql(`ALTER ROLE ${user.username} SET scram_iterations = 1`);
    await changeOwn({ ...user, password: 'second' }, 'third');
    expect(await storedVerifier(user.username)).toMatch(/^SCRAM-SHA-256\$4096:/);
  });

  it('signs in with more iterations than the driver allows by itself', async () => {
    const user = await aUser();
    await server.sql(`ALTER ROLE ${user.username} SET scram_iterations = 150000`);

    await changeOwn(user, 'second');

    await engine.verifyCredential({ credential: server.credential({ ...user, password: 'second' }) });
  });

  it('means the same with standard_conforming_strings off [§11.17]', async () => {
    const user = await aUser('', `back\\slash 'quote'`);
    await server.sql(`ALTER ROLE ${escapeIdentifier(user.username)} SET standard_conforming_strings = off`);

    await changeOwn(user, `\\'second\\`);

    await expectOnly({ username: user.username, right: `\\'second\\`, wrong: user.password });
  });

  it.each([1, 8, 63, 64, 100, 256, 10_000])('may have %d characters [§11.13]', async (length) => {
    const user = await aUser();

    await changeOwn(user, 'p'.repeat(length));
    await changeOwn({ ...user, password: 'p'.repeat(length) }, 'last');

    await expectOnly({ username: user.username, right: 'last', wrong: 'p'.repeat(length) });
  });

  it.each(['cafe\u0301', 'a\u00a0b', 'a\u00adb', 'ﬁle', 'naïve', '🔑key'])(
    'replaces the existing password %j [§11.12]',
    async (password) => {
      const { username } = await aUser();
      await server.sql(`ALTER ROLE ${username} PASSWORD ${escapeLiteral(password)}`);

      expect(await engine.canSignIn(server.credential({ username, password }))).toBe(true);
      await changeOwn({ username, password }, 'second');

      await expectOnly({ username, right: 'second', wrong: password });
    },
  );
});

describe('names', () => {
  it.each(['u'.repeat(63), `${'u'.repeat(57)}_clone`, 'ü'.repeat(31), '𝄞'.repeat(15), 'new\nline', 'a"b"; --', '$$'])(
    'changes and verifies user %j [§11.1] [§11.3]',
    async (username) => {
      const user = await aUser('', username);

      await changeOwn(user, 'second');
      await changeBySuperuser(username, 'third');
      await engine.verifyCredential({ credential: server.credential({ username, password: 'third' }) });

      await expectOnly({ username, right: 'third', wrong: 'second' });
    },
  );

  it('refuses the alternate of a 58-byte user, which the server would have cut to another user [§11.3]', async () => {
    const user = await aUser('', 'v'.repeat(63));

    await expect(changeBySuperuser(`${user.username}_clone`, 'second')).rejects.toThrow(/69 bytes/);

    expect(await server.signsIn(user)).toBe(true);
  });

  it('connects to the database of the secret, and without one to postgres', async () => {
    const user = await aUser();
    await server.sql('CREATE DATABASE "o""dd db"');
    await server.sql(`REVOKE CONNECT ON DATABASE postgres FROM PUBLIC`);
    try {
      await expect(engine.canSignIn(server.credential(user))).rejects.toBeInstanceOf(PermissionMissingError);
      await expect(engine.canSignIn(server.credential(user))).rejects.toThrow(
        `GRANT CONNECT ON DATABASE "postgres" TO "${user.username}"`,
      );
      expect(await engine.canSignIn({ ...server.credential(user), dbname: 'o"dd db' })).toBe(true);
    } finally {
      await server.sql('GRANT CONNECT ON DATABASE postgres TO PUBLIC');
    }
  });
});

describe('the session of a user', () => {
  it('changes its own password and not the one of the role it is set to [§11.31]', async () => {
    const owner = await aUser();
    const user = await aUser();
    await server.sql(`GRANT ${owner.username} TO ${user.username}`);
    await server.sql(`ALTER ROLE ${user.username} SET role = '${owner.username}'`);

    await changeOwn(user, 'second');

    await expectOnly({ username: user.username, right: 'second', wrong: user.password });
    await expectOnly({ username: owner.username, right: owner.password, wrong: 'second' });
    await engine.verifyCredential({ credential: server.credential({ ...user, password: 'second' }) });
  });

  it('keeps the role it is set to when that one has the right to change others', async () => {
    const user = await aUser();
    const login = await aUser('NOINHERIT');
    await server.sql(`CREATE ROLE administrators SUPERUSER`);
    await server.sql(`GRANT administrators TO ${login.username}`);
    await server.sql(`ALTER ROLE ${login.username} SET role = 'administrators'`);

    await engine.changePassword({
      signInAs: server.credential(login),
      username: user.username,
      newPassword: new Sensitive('second'),
    });

    await expectOnly({ username: user.username, right: 'second', wrong: user.password });
  });

  it('is not led astray by a search_path with functions and operators of the same names [§11.20]', async () => {
    const admin = await aUser('SUPERUSER');
    const user = await aUser();
    await server.sql('CREATE SCHEMA shadows');
    for (const [name, body] of [
      ['set_config(text, text, boolean)', `RAISE EXCEPTION 'shadowed'`],
      ['current_setting(text, boolean)', `RETURN '1'`],
      ['pg_has_role(name, oid, text)', `RETURN 'true'`],
    ]) {
      await server.sql(`CREATE FUNCTION shadows.${name} RETURNS text LANGUAGE plpgsql AS $$ BEGIN ${body}; END $$`);
    }
    await server.sql(`ALTER ROLE ${admin.username} SET search_path = shadows, pg_catalog`);

    await engine.changePassword({
      signInAs: server.credential(admin),
      username: user.username,
      newPassword: new Sensitive('second'),
    });
    await engine.verifyCredential({ credential: server.credential(admin) });

    await expectOnly({ username: user.username, right: 'second', wrong: user.password });
  });

  it('is one connection for each call, which is closed', async () => {
    const user = await aUser();

    expect(await signInsDuring(user, () => engine.canSignIn(server.credential(user)))).toBe(1);
    expect(await signInsDuring(user, () => engine.verifyCredential({ credential: server.credential(user) }))).toBe(1);
    expect(await signInsDuring(user, () => changeOwn(user, 'second'))).toBe(1);
    await server.untilFound(
      `SELECT 1 WHERE NOT EXISTS (SELECT FROM pg_stat_activity WHERE usename = '${user.username}')`,
    );
  });

  it('is closed also where the call fails', async () => {
    const user = await aUser();

    await expect(
      engine.changePassword({
        signInAs: server.credential(user),
        username: 'postgres',
        newPassword: new Sensitive('second'),
      }),
    ).rejects.toBeInstanceOf(PermissionMissingError);

    await server.untilFound(
      `SELECT 1 WHERE NOT EXISTS (SELECT FROM pg_stat_activity WHERE usename = '${user.username}')`,
    );
  });
});

describe('privileges', () => {
  const changeBy = (user: UserAccount, username: string): Promise<void> =>
    engine.changePassword({ signInAs: server.credential(user), username, newPassword: new Sensitive('second') });

  it('tells the GRANT that a CREATEROLE user lacks from PostgreSQL 16 on, and does with it [§11.28]', async () => {
    const rotator = await aUser('CREATEROLE', 'rot"ator');
    const user = await aUser();

    const refused = changeBy(rotator, user.username);
    await expect(refused).rejects.toBeInstanceOf(PermissionMissingError);
    await expect(refused).rejects.toThrow(`GRANT "${user.username}" TO "rot""ator" WITH ADMIN OPTION`);
    expect(await server.signsIn(user)).toBe(true);

    await server.sql(`GRANT ${user.username} TO "rot""ator" WITH ADMIN OPTION`);
    await changeBy(rotator, user.username);
    await expectOnly({ username: user.username, right: 'second', wrong: user.password });
  });

  it('refuses to change a superuser by somebody who is none [§11.30]', async () => {
    const rotator = await aUser('CREATEROLE');

    await expect(changeBy(rotator, 'postgres')).rejects.toBeInstanceOf(PermissionMissingError);
  });

  it('refuses a user that signs in by IAM, also where the membership is nested [§11.27]', async () => {
    const user = await aUser();
    await server.sql('CREATE ROLE rds_iam');
    await server.sql('CREATE ROLE team');
    await server.sql('GRANT rds_iam TO team');
    await server.sql(`GRANT team TO ${user.username}`);
    try {
      await expect(changeOwn(user, 'second')).rejects.toBeInstanceOf(TargetMisconfiguredError);
      await expect(changeBySuperuser(user.username, 'second')).rejects.toThrow(/member of rds_iam/);
      await expect(changeBySuperuser('nobody_here', 'second')).rejects.toThrow(/no role "nobody_here"/);
      expect(await server.signsIn(user)).toBe(true);
    } finally {
      await server.sql('DROP ROLE rds_iam');
    }
  });
});

describe('the state of an account', () => {
  it('refuses a password whose VALID UNTIL has passed, as the server does [§11.22]', async () => {
    const user = await aUser(`VALID UNTIL '2020-01-01'`);

    expect(await engine.canSignIn(server.credential(user))).toBe(false);
    await expect(engine.verifyCredential({ credential: server.credential(user) })).rejects.toThrow(/expired/);
  });

  it('tells the ALTER ROLE that a user without LOGIN needs [§11.21]', async () => {
    const user = await aUser('NOLOGIN');

    await expect(engine.canSignIn(server.credential(user))).rejects.toBeInstanceOf(AccountBlockedError);
    await expect(engine.canSignIn(server.credential(user))).rejects.toThrow(`ALTER ROLE "${user.username}" LOGIN`);
    expect(await engine.canSignIn(server.credential({ ...user, password: 'wrong' }))).toBe(false);
  });

  it('takes CONNECTION LIMIT 0 for a lack of connections [§11.41]', async () => {
    const user = await aUser('CONNECTION LIMIT 0');

    await expect(engine.canSignIn(server.credential(user))).rejects.toBeInstanceOf(TargetUnavailableError);
  });

  it('takes exhausted max_connections for unavailable, and recovers [§11.41]', async () => {
    const user = await aUser();
    const holders: Promise<unknown>[] = [];
    let release: () => void = () => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    try {
      for (let held = 0; held < 17; held++) holders.push(server.withClient(() => released));
      await server.untilFound(
        `SELECT 1 FROM pg_stat_activity WHERE backend_type = 'client backend' HAVING count(*) >= 17`,
      );

      await expect(engine.canSignIn(server.credential(user))).rejects.toBeInstanceOf(TargetUnavailableError);
      await expect(changeOwn(user, 'second')).rejects.toBeInstanceOf(TargetUnavailableError);
    } finally {
      release();
      await Promise.all(holders);
    }
    await server.untilFound(`SELECT 1 FROM pg_stat_activity WHERE backend_type = 'client backend' HAVING count(*) < 5`);
    expect(await engine.canSignIn(server.credential(user))).toBe(true);
  });

  it('tells a trigger that forbids the sign-in from a refused password [§11.51]', async () => {
    const user = await aUser();
    await server.sql(
      `CREATE FUNCTION forbid() RETURNS event_trigger LANGUAGE plpgsql AS $$
        BEGIN IF session_user = '${user.username}' THEN RAISE EXCEPTION 'forbidden'; END IF; END $$`,
    );
    await server.sql('CREATE EVENT TRIGGER forbidding ON login EXECUTE FUNCTION forbid()');
    try {
      await expect(engine.canSignIn(server.credential(user))).rejects.toBeInstanceOf(TargetMisconfiguredError);
    } finally {
      await server.sql('DROP EVENT TRIGGER forbidding');
    }
  });

  it('takes a session that is read-only for a read-only target [§11.42]', async () => {
    const user = await aUser();
    await server.sql(`ALTER ROLE ${user.username} SET default_transaction_read_only = on`);

    await expect(changeOwn(user, 'second')).rejects.toBeInstanceOf(TargetReadOnlyError);

    expect(await server.signsIn(user)).toBe(true);
    await engine.verifyCredential({ credential: server.credential(user) });
  });
});

describe('how the server asks for the password', () => {
  const rule = ({ username }: UserAccount, method: string): string => `host all ${username} 127.0.0.1/32 ${method}`;

  afterEach(() => server.admit());

  it('a cleartext password is proved by a second sign-in that is refused [§11.33]', async () => {
    const user = await aUser();
    await server.admit(rule(user, 'password'));

    await engine.verifyCredential({ credential: server.credential(user) });
    await expect(
      engine.verifyCredential({ credential: server.credential({ ...user, password: 'x' }) }),
    ).rejects.toBeInstanceOf(SignInRefusedError);
    await changeOwn(user, 'second');
    expect(await engine.canSignIn(server.credential(user))).toBe(false);
    await engine.verifyCredential({ credential: server.credential({ ...user, password: 'second' }) });
  });

  it('an md5 password is proved by what PostgreSQL 16 tells, in one connection [§11.33]', async () => {
    const user = await aUser();
    await server.withClient(async (client) => {
      await client.query(`SET password_encryption = 'md5'`);
      await client.query(`ALTER ROLE ${user.username} PASSWORD ${escapeLiteral(user.password)}`);
    });
    await server.admit(rule(user, 'md5'));
    expect(await storedVerifier(user.username)).toMatch(/^md5/);

    expect(await signInsDuring(user, () => engine.verifyCredential({ credential: server.credential(user) }))).toBe(1);
    await changeOwn(user, 'second');
    await engine.verifyCredential({ credential: server.credential({ ...user, password: 'second' }) });
  });

  it('a server that does not ask proves nothing [§11.32]', async () => {
    const user = await aUser();
    await server.admit(rule(user, 'trust'));

    await expect(engine.verifyCredential({ credential: server.credential(user) })).rejects.toBeInstanceOf(
      CannotVerifyError,
    );
    await expect(engine.verifyCredential({ credential: server.credential(user) })).rejects.toThrow(/pg_hba\.conf/);
  });

  it('a user that is rejected, or admitted with TLS only, is not one with a wrong password [§11.33]', async () => {
    const user = await aUser();

    for (const line of [
      rule(user, 'reject'),
      `hostssl all ${user.username} all scram-sha-256\n${rule(user, 'reject')}`,
    ]) {
      await server.admit(line);
      await expect(engine.canSignIn(server.credential(user))).rejects.toBeInstanceOf(TargetMisconfiguredError);
      await expect(engine.canSignIn(server.credential(user))).rejects.toThrow(/pg_hba\.conf/);
    }
  });

  it('an unknown user who is not asked for a password does not exist', async () => {
    await server.admit('host all ghost 127.0.0.1/32 trust');

    const ghost = server.credential({ username: 'ghost', password: 'any' });

    await expect(engine.canSignIn(ghost)).rejects.toBeInstanceOf(TargetMisconfiguredError);
    await expect(engine.canSignIn(ghost)).rejects.toThrow(/no user "ghost"/);
  });
});

describe('a change that has to wait', () => {
  const waiting = (username: string): string =>
    `SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%ALTER ROLE "${username}"%'`;

  /** Holds the row of a role, as another session that changes it and does not commit, while something runs. */
  const whileHeld = (username: string, run: (holder: Client) => Promise<void>): Promise<void> =>
    server.withClient(async (holder) => {
      await holder.query('BEGIN');
      await holder.query(`ALTER ROLE ${username} CONNECTION LIMIT 7`);
      await run(holder);
    });

  it('lands when the other session gives way', async () => {
    const user = await aUser();

    await whileHeld(user.username, async (holder) => {
      const changing = changeOwn(user, 'second');
      await server.untilFound(waiting(user.username));
      await holder.query('ROLLBACK');
      await changing;
    });

    await expectOnly({ username: user.username, right: 'second', wrong: user.password });
  });

  it('is a conflict when the other session has changed the user [§11.45]', async () => {
    const user = await aUser();

    await whileHeld(user.username, async (holder) => {
      const changing = expect(changeOwn(user, 'second')).rejects.toBeInstanceOf(TargetConflictError);
      await server.untilFound(waiting(user.username));
      await holder.query('COMMIT');
      await changing;
    });

    await expectOnly({ username: user.username, right: user.password, wrong: 'second' });
  });

  it('is a conflict when the lock is held for longer than the limit, and does not land later', async () => {
    const user = await aUser();

    await whileHeld(user.username, async (holder) => {
      await expect(changeOwn(user, 'second')).rejects.toBeInstanceOf(TargetConflictError);
      await holder.query('ROLLBACK');
    });

    await expectOnly({ username: user.username, right: user.password, wrong: 'second' });
  });

  it('is not abandoned by the signal once it is sent', async () => {
    const user = await aUser();
    const stopping = new AbortController();

    await whileHeld(user.username, async (holder) => {
      const changing = changeOwn(user, 'second', new PostgresEngine({ signal: stopping.signal }));
      await server.untilFound(waiting(user.username));
      stopping.abort();
      await holder.query('ROLLBACK');
      await changing;
    });

    await expectOnly({ username: user.username, right: 'second', wrong: user.password });
  });

  it('has an unknown outcome when its session is terminated [§11.43]', async () => {
    const user = await aUser();

    await whileHeld(user.username, async (holder) => {
      const changing = expect(changeOwn(user, 'second')).rejects.toMatchObject({ name: 'OutcomeUnknown' });
      await server.untilFound(waiting(user.username));
      await holder.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1`, [user.username]);
      await changing;
      await holder.query('ROLLBACK');
    });
  });

  it('is cancelled by an administrator without a change', async () => {
    const user = await aUser();

    await whileHeld(user.username, async (holder) => {
      const changing = expect(changeOwn(user, 'second')).rejects.toBeInstanceOf(TargetUnavailableError);
      await server.untilFound(waiting(user.username));
      await holder.query(`SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE usename = $1`, [user.username]);
      await changing;
      await holder.query('ROLLBACK');
    });

    expect(await server.signsIn(user)).toBe(true);
  });

  it('is not sent when the signal is aborted while its verifier is computed', async () => {
    const user = await aUser();
    await server.sql(`ALTER ROLE ${user.username} SET scram_iterations = 1000000`);
    const stopping = new AbortController();

    const changing = changeOwn(user, 'second', new PostgresEngine({ signal: stopping.signal }));
    const refused = expect(changing).rejects.toThrow('no longer wanted');
    await server.untilFound(
      `SELECT FROM pg_stat_activity WHERE usename = '${user.username}' AND state = 'idle'
        AND query LIKE '%client_connection_check_interval%'`,
    );
    stopping.abort(new Error('no longer wanted'));
    await refused;

    expect(await server.signsIn(user)).toBe(true);
  });

  it('was not sent when its session is terminated before, and harms nobody [§11.47]', async () => {
    const user = await aUser();
    // The verifier takes most of a second, in which the session is idle.
    await server.sql(`ALTER ROLE ${user.username} SET scram_iterations = 1000000`);

    const changing = expect(changeOwn(user, 'second')).rejects.toBeInstanceOf(TargetUnavailableError);
    await server.untilFound(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE usename = '${user.username}' AND state = 'idle' AND query LIKE '%client_connection_check_interval%'`,
    );
    await changing;

    expect(await server.signsIn(user)).toBe(true);
  });
});

describe('the server', () => {
  it('is named in every error, with the user and the code', async () => {
    const user = await aUser();
    const { host, port } = server.address as Required<Pick<ConnectionSecret, 'host' | 'port'>>;

    const failure: unknown = await engine
      .verifyCredential({ credential: server.credential({ ...user, password: 'wrong' }) })
      .catch((error: unknown) => error);

    expect(failure).toMatchObject({
      message: expect.stringContaining(`${host}:${port}`) as string,
      ids: { engine: 'postgres', host, port, username: user.username, code: '28P01' },
    });
  });
});
