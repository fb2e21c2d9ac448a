import {
  alterLike,
  createLike,
  parseSetup,
  replaySession,
  setDefaultRoles,
  showSetup,
} from '../../../adapters/mysql/account-setup';
import { cachingSha2Hash } from '../../../adapters/mysql/caching-sha2-hash';
import { readStored, retainCurrentPassword } from '../../../adapters/mysql/dual-password';
import { type Granted, missingGrants, replayGrant, showGrants } from '../../../adapters/mysql/grant-replay';
import { alterPasswordHash } from '../../../adapters/mysql/mysql-statements';
import { boundSession } from '../../../adapters/mysql2/bound-session';
import { type Account, quoteAccount } from '../../../adapters/mysql2/quoting';
import { Sensitive } from '../../../rotation/sensitive';
import { mysqlHere, startMysqlServer } from '../../support/mysql-server';
import { describeWith } from '../../support/servers/describe-on';
import { type OwnSqlServer, rowsOf } from '../../support/servers/sql-server';

const plugin = 'caching_sha2_password';
const hashOf = (password: string): Promise<string> =>
  cachingSha2Hash({ password: new Sensitive(password), rounds: 5_000 });

describeWith('Parity and dual passwords on MySQL 9.7', { provision: mysqlHere }, (program) => {
  let server: OwnSqlServer;
  let lastUser = 0;

  beforeAll(async () => {
    server = await startMysqlServer(program);
    for (const statement of [
      'CREATE DATABASE `a TO b`',
      'CREATE DATABASE shop',
      'CREATE TABLE shop.`t TO ``x``@``%``` (id INT, `c TO d` INT)',
      'CREATE TABLE shop.orders (id INT, secret INT)',
      'CREATE PROCEDURE shop.p() SELECT 1',
      'CREATE ROLE reader, writer',
    ]) {
      await server.sql(statement);
    }
  });

  afterAll(async () => {
    await server.stop();
  });

  /** Runs statements as the engine would, in one session with its settings. */
  const run = (...statements: string[]): Promise<Record<string, string>[]> =>
    server.withConnection(async (connection) => {
      await connection.query(boundSession({ limitStatements: () => 'max_execution_time = 15000' }));
      await connection.query(replaySession);
      let rows: Record<string, string>[] = [];
      for (const statement of statements) rows = await rowsOf<Record<string, string>>(connection, statement);
      return rows;
    });

  const texts = async (statement: string): Promise<string[]> =>
    (await run(statement)).flatMap((row) => Object.values(row));

  async function twoAccounts(host = '%'): Promise<{ from: Account; to: Account }> {
    const username = `app ${++lastUser} \`TO\``;
    const pair = { from: { username, host }, to: { username: `app_${lastUser}_clone`, host } };
    await run(`CREATE USER ${quoteAccount(pair.from)} IDENTIFIED BY 'first'`);
    return pair;
  }

  /** What the second account lacks and has beyond the first, each right without its account. */
  async function difference(from: Account, to: Account): Promise<{ missing: string[]; extra: string[] }> {
    const granted = async (account: Account): Promise<Granted> => ({ account, rows: await texts(showGrants(account)) });
    const pair = { from: await granted(from), to: await granted(to) };
    return {
      missing: missingGrants(pair).map((row) => row.replace(quoteAccount(to), '?')),
      extra: missingGrants({ from: pair.to, to: pair.from }).map((row) => row.replace(quoteAccount(from), '?')),
    };
  }

  async function replayAll({ from, to }: { from: Account; to: Account }): Promise<void> {
    for (const row of await texts(showGrants(from))) await run(replayGrant(row, { from, to }));
  }

  it('replays every kind of grant, which ends in parity [§11.59]', async () => {
    const pair = await twoAccounts();
    const to = quoteAccount(pair.from);
    await run(
      `GRANT SELECT, INSERT ON \`a TO b\`.* TO ${to} WITH GRANT OPTION`,
      `GRANT SELECT ON \`sho_\`.* TO ${to}`,
      `GRANT SELECT ON \`sho%\`.* TO ${to}`,
      `GRANT ALL ON shop.\`t TO \`\`x\`\`@\`\`%\`\`\` TO ${to}`,
      `GRANT SELECT (\`c TO d\`), UPDATE (id) ON shop.\`t TO \`\`x\`\`@\`\`%\`\`\` TO ${to}`,
      `GRANT EXECUTE ON PROCEDURE shop.p TO ${to} WITH GRANT OPTION`,
      `GRANT PROCESS, RELOAD ON *.* TO ${to} WITH GRANT OPTION`,
      `GRANT APPLICATION_PASSWORD_ADMIN ON *.* TO ${to}`,
      `GRANT BACKUP_ADMIN ON *.* TO ${to} WITH GRANT OPTION`,
      `GRANT reader TO ${to}`,
      `GRANT writer TO ${to} WITH ADMIN OPTION`,
      `CREATE USER ${quoteAccount(pair.to)} IDENTIFIED BY 'of the clone'`,
    );
    expect((await difference(pair.from, pair.to)).missing.length).toBeGreaterThan(8);

    await replayAll(pair);
    await replayAll(pair);

    expect(await difference(pair.from, pair.to)).toEqual({ missing: [], extra: [] });
    expect(await server.signsIn({ username: pair.to.username, password: 'of the clone' })).toBe(true);
  });

  it('replays partial revokes [§11.59]', async () => {
    await server.sql('SET GLOBAL partial_revokes = ON');
    const pair = await twoAccounts();
    await run(
      `GRANT SELECT ON *.* TO ${quoteAccount(pair.from)}`,
      `REVOKE SELECT ON shop.* FROM ${quoteAccount(pair.from)}`,
      `CREATE USER ${quoteAccount(pair.to)} IDENTIFIED BY 'of the clone'`,
    );

    await replayAll(pair);

    expect(await texts(showGrants(pair.to))).toContainEqual(expect.stringMatching(/^REVOKE SELECT ON `shop`/));
    expect(await difference(pair.from, pair.to)).toEqual({ missing: [], extra: [] });
    await run(`DROP USER ${quoteAccount(pair.from)}, ${quoteAccount(pair.to)}`);
    await server.sql('SET GLOBAL partial_revokes = OFF');
  });

  it('tells rights that the alternate has beyond the original [§11.21]', async () => {
    const pair = await twoAccounts();
    await run(
      `GRANT SELECT ON shop.orders TO ${quoteAccount(pair.from)}`,
      `CREATE USER ${quoteAccount(pair.to)} IDENTIFIED BY 'x'`,
      `GRANT SELECT, INSERT ON shop.orders TO ${quoteAccount(pair.to)}`,
    );

    expect(await difference(pair.from, pair.to)).toEqual({
      missing: ['GRANT SELECT ON `shop`.`orders` TO ?'],
      extra: ['GRANT SELECT, INSERT ON `shop`.`orders` TO ?'],
    });
  });

  it('refuses a row of another account', () => {
    const account = { username: 'app', host: '%' };
    for (const row of ['', 'GRANT USAGE ON *.* TO `other`@`%`', 'GRANT USAGE ON *.* TO `app`@`%`, `x`@`%`']) {
      expect(() => replayGrant(row, { from: account, to: account })).toThrow(TypeError);
    }
  });

  it('sets an alternate up as the original, and keeps its password [§11.21]', async () => {
    const pair = await twoAccounts();
    const from = quoteAccount(pair.from);
    await run(
      `GRANT reader TO ${from}`,
      `SET DEFAULT ROLE reader TO ${from}`,
      `ALTER USER ${from} REQUIRE SUBJECT '/CN="so" DEFAULT ROLE' ISSUER '/CN=x' WITH MAX_QUERIES_PER_HOUR 5
        MAX_USER_CONNECTIONS 2 PASSWORD EXPIRE INTERVAL 90 DAY PASSWORD HISTORY 3 FAILED_LOGIN_ATTEMPTS 4 PASSWORD_LOCK_TIME 2
        ATTRIBUTE '{"team": "it''s \\\\"so\\\\""}'`,
    );
    const setupOf = async (account: Account) => parseSetup((await texts(showSetup(account)))[0] ?? '', account);
    const setup = await setupOf(pair.from);

    await run(createLike(setup, { account: pair.to, plugin, hash: await hashOf('of the clone') }));
    await replayAll(pair);
    await run(setDefaultRoles(setup, pair.to));
    expect(await setupOf(pair.to)).toEqual(setup);
    expect(setup.defaultRoles).toBe('`reader`@`%`');

    await run(`ALTER USER ${from} REQUIRE NONE ACCOUNT UNLOCK`);
    await run(alterLike(await setupOf(pair.from), pair.to));
    expect(await setupOf(pair.to)).toEqual(await setupOf(pair.from));
    expect(await server.signsIn({ username: pair.to.username, password: 'of the clone' })).toBe(true);
  });

  it('refuses a setup that MySQL itself cannot write [§11.21]', () => {
    const account = { username: 'app', host: '%' };
    const written = (what: string): string =>
      `CREATE USER \`app\`@\`%\` IDENTIFIED WITH 'caching_sha2_password' AS 0x24 REQUIRE SUBJECT '/CN=${what}' PASSWORD EXPIRE`;

    expect(parseSetup(written('app'), account).options).toBe("REQUIRE SUBJECT '/CN=app' PASSWORD EXPIRE");
    for (const what of ["it's", 'back\\slash']) expect(() => parseSetup(written(what), account)).toThrow(TypeError);
    expect(() => parseSetup(written('app'), { ...account, host: 'localhost' })).toThrow(TypeError);
  });

  describe('dual passwords', () => {
    const account = { username: 'two', host: '%' };
    const signsIn = async (...passwords: string[]): Promise<string[]> => {
      const found: string[] = [];
      for (const password of passwords) if (await server.signsIn({ username: 'two', password })) found.push(password);
      return found;
    };

    beforeEach(async () => {
      await server.sql("DROP USER IF EXISTS two@'%'");
      await server.sql("CREATE USER two@'%' IDENTIFIED BY 'first'");
    });

    it('both sign in after RETAIN, and one after a change that discards, which may be repeated [§11.57]', async () => {
      const change = alterPasswordHash({ account, plugin, hash: await hashOf('second') });
      await run(retainCurrentPassword({ account, plugin, hash: await hashOf('second') }));
      expect(await signsIn('first', 'second')).toEqual(['first', 'second']);
      expect(await run(readStored(account))).toMatchObject([{ hasSecond: 1 }]);

      await run(change, change);
      expect(await signsIn('first', 'second')).toEqual(['second']);
      expect(await run(readStored(account))).toMatchObject([{ hasSecond: 0 }]);
    });

    it('RETAIN sent twice throws the old password away, which is why it is asked first [§11.57]', async () => {
      const statement = retainCurrentPassword({ account, plugin, hash: await hashOf('second') });

      await run(statement, statement);

      expect(await signsIn('first', 'second')).toEqual(['second']);
    });

    it('RETAIN does not change the plugin [§11.57]', async () => {
      await server.sql("ALTER USER two@'%' IDENTIFIED WITH sha256_password BY 'first'");

      const retaining = run(retainCurrentPassword({ account, plugin, hash: await hashOf('second') }));

      await expect(retaining).rejects.toMatchObject({ errno: 3894 });
      expect(await signsIn('second')).toEqual([]);
    });

    it('RETAIN does not keep an empty password [§11.57]', async () => {
      await server.sql("ALTER USER two@'%' IDENTIFIED BY ''");

      const retaining = run(retainCurrentPassword({ account, plugin, hash: await hashOf('second') }));

      await expect(retaining).rejects.toMatchObject({ errno: 3878 });
    });
  });
});
