import { MysqlEngine } from '../../../adapters/mysql';
import { type UserPair } from '../../../rotation/database-engine';
import { ConfigurationInvalidError, PermissionMissingError, TargetMisconfiguredError } from '../../../rotation/errors';
import { Sensitive } from '../../../rotation/sensitive';
import { mysqlHere, startMysqlServer } from '../../support/mysql-server';
import { describeWith } from '../../support/servers/describe-on';
import { type OwnSqlServer } from '../../support/servers/sql-server';

const engine = new MysqlEngine();

describeWith('Alternate users and probes on MySQL 9.7', { provision: mysqlHere }, (program) => {
  let server: OwnSqlServer;
  let lastUser = 0;

  beforeAll(async () => {
    server = await startMysqlServer(program);
    for (const statement of [
      'CREATE DATABASE shop',
      'CREATE TABLE shop.`a TO b` (id INT, `c TO d` INT)',
      'CREATE TABLE shop.orders (n INT)',
      'CREATE PROCEDURE shop.p() SELECT 1',
      'CREATE PROCEDURE shop.writes() SQL SECURITY INVOKER BEGIN COMMIT; INSERT INTO shop.orders VALUES (1); COMMIT; END',
      'CREATE ROLE reader, writer, auditor',
    ]) {
      await server.sql(statement);
    }
  });

  afterAll(async () => {
    await server.stop();
  });

  async function aPair(rest = ''): Promise<{ app: string; clone: string; pair: UserPair; back: UserPair }> {
    const app = `app_${++lastUser}`;
    await server.createUser({ username: app, password: 'first' }, { rest });
    const original = server.credential({ username: app, password: 'first' });
    const alternate = server.credential({ username: `${app}_clone`, password: 'of the clone' });
    const { superuser } = server;
    return {
      app,
      clone: `${app}_clone`,
      pair: { superuser, original, alternate },
      back: { superuser, original: alternate, alternate: original },
    };
  }

  const verify = (pair: UserPair): Promise<void> =>
    engine.verifyCredential({ credential: pair.alternate, parity: pair });

  const shown = async (what: string, username: string): Promise<string[]> =>
    (await server.sql<Record<string, string>>(`SHOW ${what} ${username}@'%'`))
      .flatMap((row) => Object.values(row))
      .map((text) => text.replaceAll(username, '?').replace(/ AS '.*?'(?= (?:DEFAULT|REQUIRE))/s, ''));

  async function expectAlike(app: string, clone: string): Promise<void> {
    expect(await shown('GRANTS FOR', clone)).toEqual(await shown('GRANTS FOR', app));
    expect(await shown('CREATE USER', clone)).toEqual(await shown('CREATE USER', app));
  }

  it('brings every kind of right to the alternate, and nothing is left to do [§11.59]', async () => {
    const { app, clone, pair, back } = await aPair();
    for (const grant of [
      'SELECT, INSERT ON shop.* TO ? WITH GRANT OPTION',
      'SELECT (`c TO d`), UPDATE (id) ON shop.`a TO b` TO ?',
      'ALL ON shop.orders TO ?',
      'EXECUTE ON PROCEDURE shop.p TO ? WITH GRANT OPTION',
      'PROCESS ON *.* TO ?',
      'BACKUP_ADMIN ON *.* TO ? WITH GRANT OPTION',
      'reader TO ?',
      'writer TO ? WITH ADMIN OPTION',
    ]) {
      await server.sql(`GRANT ${grant.replace('?', app)}`);
    }
    await server.sql(`SET DEFAULT ROLE reader TO ${app}`);

    expect(await engine.matchUser(pair)).toEqual({ changed: true });

    await expectAlike(app, clone);
    expect(await engine.matchUser(pair)).toEqual({ changed: false });
    expect(await engine.matchUser(back)).toEqual({ changed: false });
    await verify(pair);
    await verify(back);
  });

  it('gives each what the other was granted meanwhile, also of one table and one role', async () => {
    const { app, clone, pair, back } = await aPair();
    await engine.matchUser(pair);
    await server.sql(`GRANT SELECT ON shop.orders TO ${app} WITH GRANT OPTION`);
    await server.sql(`GRANT INSERT ON shop.orders TO ${clone}`);
    await server.sql(`GRANT reader, writer TO ${app}`);
    await server.sql(`GRANT writer, auditor TO ${clone} WITH ADMIN OPTION`);
    await server.sql(`SET DEFAULT ROLE reader TO ${app}`);
    await server.sql(`SET DEFAULT ROLE auditor TO ${clone}`);

    for (const each of [back, pair, back]) {
      await engine.matchUser(each);
      await expectAlike(app, clone);
      expect(await engine.matchUser(each)).toEqual({ changed: false });
    }
  });

  it('has limits, TLS and the lock of the original, also where it has fewer [§11.21]', async () => {
    const limited = `REQUIRE SSL WITH MAX_QUERIES_PER_HOUR 500 MAX_USER_CONNECTIONS 9 PASSWORD EXPIRE INTERVAL 90 DAY
      FAILED_LOGIN_ATTEMPTS 4 PASSWORD_LOCK_TIME 2`;
    const { app, clone, pair } = await aPair(limited);
    const overTls = { ...pair, alternate: { ...pair.alternate, tls: false } };
    await engine.matchUser(overTls);
    await expectAlike(app, clone);

    await server.sql(
      `ALTER USER ${app} REQUIRE NONE WITH MAX_QUERIES_PER_HOUR 0 MAX_USER_CONNECTIONS 0 PASSWORD EXPIRE DEFAULT FAILED_LOGIN_ATTEMPTS 0 PASSWORD_LOCK_TIME 0`,
    );
    expect(await engine.matchUser(pair)).toEqual({ changed: true });
    await expectAlike(app, clone);
    expect(await engine.matchUser(pair)).toEqual({ changed: false });
  });

  it('revives an alternate whose password has expired', async () => {
    const { pair, clone } = await aPair();
    await engine.matchUser(pair);
    await server.sql(`ALTER USER ${clone} PASSWORD EXPIRE`);

    expect(await engine.matchUser(pair)).toEqual({ changed: true });

    await verify(pair);
    expect(await engine.matchUser(pair)).toEqual({ changed: false });
  });

  it('leaves comments and attributes of the alternate to it', async () => {
    const { clone, pair } = await aPair();
    await engine.matchUser(pair);
    await server.sql(`ALTER USER ${clone} ATTRIBUTE '{"team": "its own"}'`);

    expect(await engine.matchUser(pair)).toEqual({ changed: false });
  });

  it('gives nobody the other one as a role, where they are that already', async () => {
    const { app, clone, pair, back } = await aPair();
    await server.sql(`GRANT SELECT ON shop.orders TO ${app}`);
    await server.sql(`CREATE USER ${clone} IDENTIFIED BY 'of the clone'`);
    await server.sql(`GRANT ${app} TO ${clone}`);
    await server.sql(`SET DEFAULT ROLE ALL TO ${clone}`);

    await engine.matchUser(pair);
    expect(await engine.matchUser(back)).toEqual({ changed: false });

    await verify(back);
  });

  it('ends a second password of the alternate, also where the one to set works already [§11.24]', async () => {
    const { pair, clone } = await aPair();
    await engine.matchUser(pair);
    const { superuser, alternate } = pair;
    const alsoKeep = new Sensitive('from before');
    await engine.changePassword({ signInAs: superuser, username: clone, newPassword: alternate.password, alsoKeep });
    expect(await server.signsIn({ username: clone, password: 'from before' })).toBe(true);

    expect(await engine.matchUser(pair)).toEqual({ changed: true });

    expect(await server.signsIn({ username: clone, password: 'from before' })).toBe(false);
    await verify(pair);
    expect(await engine.matchUser(pair)).toEqual({ changed: false });
  });

  it('does not try a password that is not set yet, which would lock the alternate [§11.36]', async () => {
    const { pair } = await aPair('FAILED_LOGIN_ATTEMPTS 1 PASSWORD_LOCK_TIME UNBOUNDED');
    for (const password of ['of the clone', 'another', 'a third']) {
      const next = { ...pair, alternate: { ...pair.alternate, password: new Sensitive(password) } };
      await engine.matchUser(next);
      await verify(next);
    }
  });

  describe('is refused', () => {
    it('for an alternate that comes from elsewhere than the original', async () => {
      const { clone, pair } = await aPair();
      await server.createUser({ username: clone, password: 'x' }, { host: '10.0.0.1' });

      await expect(engine.matchUser(pair)).rejects.toBeInstanceOf(TargetMisconfiguredError);
      await expect(engine.matchUser(pair)).rejects.toThrow('RENAME USER');
    });

    it('for a user with several accounts', async () => {
      const { app, clone, pair } = await aPair();
      await server.createUser({ username: app, password: 'x' }, { host: '10.0.0.1' });

      await expect(engine.matchUser(pair)).rejects.toBeInstanceOf(TargetMisconfiguredError);
      expect(await server.signsIn({ username: clone, password: 'of the clone' })).toBe(false);
    });

    it('for the superuser as the alternate', async () => {
      const { pair } = await aPair();

      const matching = engine.matchUser({ ...pair, alternate: { ...server.superuser, password: new Sensitive('x') } });

      await expect(matching).rejects.toBeInstanceOf(TargetMisconfiguredError);
      expect(await engine.canSignIn(server.superuser)).toBe(true);
    });
  });

  describe('probes', () => {
    const check = (probes: { read?: string[]; write?: string[] }): Promise<void> =>
      engine.verifyCredential({ credential: { ...server.superuser, dbname: 'shop' }, probes });

    it.each([
      `SELECT COUNT(*) FROM ${['a', 'b', 'c', 'd'].map((name) => `information_schema.collations ${name}`).join(', ')}`,
      'INSERT INTO orders VALUES (1)',
      'CREATE TABLE made (n INT)',
      'CALL writes()',
      "ALTER USER CURRENT_USER() IDENTIFIED BY 'n'",
    ])('do not read by: %s', async (probe) => {
      await expect(check({ read: [probe] })).rejects.toBeInstanceOf(ConfigurationInvalidError);
      expect(await server.sql('SELECT * FROM shop.orders')).toEqual([]);
    });

    it.each(['CREATE TABLE made (n INT)', 'CALL writes()', 'COMMIT', 'DROP TABLE orders'])(
      'do not write by: %s',
      async (probe) => {
        await expect(check({ write: [probe] })).rejects.toBeInstanceOf(ConfigurationInvalidError);
        expect(await server.sql('SELECT * FROM shop.orders')).toEqual([]);
      },
    );

    it('see the tables as the application does, under the server’s own sql_mode', async () => {
      await server.sql("SET GLOBAL sql_mode = 'ANSI_QUOTES'");
      try {
        await check({ read: ['SELECT "n" FROM "orders"'], write: ['DELETE FROM "orders" WHERE "n" = 1'] });
      } finally {
        await server.sql('SET GLOBAL sql_mode = DEFAULT');
      }
    });
  });

  it('adds a second password by a user that has CREATE USER [§11.57]', async () => {
    const { app } = await aPair();
    const change = {
      signInAs: server.credential({ username: app, password: 'first' }),
      username: app,
      newPassword: new Sensitive('second'),
      alsoKeep: new Sensitive('first'),
    };
    await expect(engine.changePassword(change)).rejects.toBeInstanceOf(PermissionMissingError);
    await expect(engine.changePassword(change)).rejects.toThrow('GRANT CREATE USER');

    await server.sql(`GRANT CREATE USER ON *.* TO ${app}`);
    await engine.changePassword(change);
    await engine.changePassword(change);

    for (const password of ['first', 'second']) expect(await server.signsIn({ username: app, password })).toBe(true);
  });

  it('goes on where two passwords were half set [§11.57]', async () => {
    const { app } = await aPair();
    await server.sql(`ALTER USER ${app} IDENTIFIED BY 'other' RETAIN CURRENT PASSWORD`);
    await server.sql(`ALTER USER ${app} IDENTIFIED BY 'first'`); // what the first of two statements leaves

    const [newPassword, alsoKeep] = [new Sensitive('second'), new Sensitive('first')];
    await engine.changePassword({ signInAs: server.superuser, username: app, newPassword, alsoKeep });

    const found = [];
    for (const password of ['first', 'second', 'other']) {
      if (await server.signsIn({ username: app, password })) found.push(password);
    }
    expect(found).toEqual(['first', 'second']);
  });

  it('tells another server apart', async () => {
    const other = await startMysqlServer(program);
    try {
      const [one, two] = await Promise.all([engine.inspect(server.superuser), engine.inspect(other.superuser)]);
      expect(one.serverId).not.toBe(two.serverId);
    } finally {
      await other.stop();
    }
  });
});
