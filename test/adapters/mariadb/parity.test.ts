import { parseAuthentications, withOnePassword, withTwoPasswords } from '../../../adapters/mariadb/authentication-list';
import { type Granted, missingGrants, replayGrant, showGrants } from '../../../adapters/mariadb/grant-replay';
import { mariadbDialect } from '../../../adapters/mariadb/mariadb-dialect';
import { alterAuthentications, setOwnPassword, showAccount } from '../../../adapters/mariadb/mariadb-statements';
import { boundSession } from '../../../adapters/mysql2/bound-session';
import { nativeHash } from '../../../adapters/mysql2/native-hash';
import { type Account, quoteAccount } from '../../../adapters/mysql2/quoting';
import { Sensitive } from '../../../rotation/sensitive';
import { mariadbHere, startMariadbServer } from '../../support/mariadb-server';
import { describeWith } from '../../support/servers/describe-on';
import { type OwnSqlServer, rowsOf } from '../../support/servers/sql-server';

const hashOf = (password: string): string => nativeHash(new Sensitive(password));

describeWith('Parity and dual passwords on MariaDB 10.11', { provision: mariadbHere }, (program) => {
  let server: OwnSqlServer;

  beforeAll(async () => {
    server = await startMariadbServer(program);
    for (const statement of [
      'CREATE DATABASE `a TO b`',
      'CREATE DATABASE shop',
      'CREATE TABLE shop.`t TO ``x``@``%``` (id INT, `c TO d` INT)',
      'CREATE PROCEDURE shop.p() SELECT 1',
      'CREATE ROLE reader',
      'CREATE ROLE writer',
      `CREATE USER proxied@'%' IDENTIFIED BY 'x'`,
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
      await connection.query(boundSession(mariadbDialect.flavour));
      let rows: Record<string, string>[] = [];
      for (const statement of statements) rows = await rowsOf<Record<string, string>>(connection, statement);
      return rows;
    });

  const texts = async (statement: string): Promise<string[]> =>
    (await run(statement)).flatMap((row) => Object.values(row));

  /** What the second account lacks and has beyond the first, each right without its account. */
  async function difference(from: Account, to: Account): Promise<{ missing: string[]; extra: string[] }> {
    const granted = async (account: Account): Promise<Granted> => ({ account, rows: await texts(showGrants(account)) });
    const pair = { from: await granted(from), to: await granted(to) };
    return {
      missing: missingGrants(pair).map((row) => row.replace(quoteAccount(to), '?')),
      extra: missingGrants({ from: pair.to, to: pair.from }).map((row) => row.replace(quoteAccount(from), '?')),
    };
  }

  it.each([
    ["IDENTIFIED BY 'first'", 'first'],
    [`IDENTIFIED VIA mysql_native_password USING '${hashOf('first')}' OR unix_socket`, 'first'],
    [`IDENTIFIED BY 'first' REQUIRE ISSUER '/CN= TO \`app TO\`@\`%\` it'`, undefined],
  ])(
    'replays every kind of grant of a user %s, and not its password [§11.58] [§11.59]',
    async (identified, password) => {
      const from = { username: 'app TO', host: '%' };
      const to = { username: 'app_clone', host: '%' };
      const original = quoteAccount(from);
      await run(
        `CREATE OR REPLACE USER ${original} ${identified}`,
        `CREATE OR REPLACE USER ${quoteAccount(to)} IDENTIFIED BY 'of the clone'`,
        `GRANT PROCESS, RELOAD ON *.* TO ${original} WITH GRANT OPTION MAX_QUERIES_PER_HOUR 500`,
        `GRANT SELECT, INSERT ON \`a TO b\`.* TO ${original} WITH GRANT OPTION`,
        `GRANT SELECT ON \`sho%\`.* TO ${original}`,
        `GRANT SELECT (\`c TO d\`), UPDATE (id) ON shop.\`t TO \`\`x\`\`@\`\`%\`\`\` TO ${original}`,
        `GRANT EXECUTE ON PROCEDURE shop.p TO ${original}`,
        `GRANT reader TO ${original}`,
        `GRANT writer TO ${original} WITH ADMIN OPTION`,
        `GRANT PROXY ON proxied@'%' TO ${original}`,
        `SET DEFAULT ROLE reader FOR ${original}`,
      );

      for (const row of await texts(showGrants(from))) await run(replayGrant(row, { from, to }));

      expect(await difference(from, to)).toEqual({ missing: [], extra: [] });
      if (password === undefined) return;
      expect(await server.signsIn({ username: to.username, password: 'of the clone' })).toBe(true);
      expect(await server.signsIn({ username: to.username, password })).toBe(false);
    },
  );

  it('tells what the alternate lacks and what it has beyond [§11.21]', async () => {
    const [from, to] = [
      { username: 'one', host: '%' },
      { username: 'other', host: '%' },
    ];
    await run(
      `CREATE USER one@'%' IDENTIFIED BY 'x'`,
      `CREATE USER other@'%' IDENTIFIED BY 'y'`,
      `GRANT reader TO one@'%'`,
      `GRANT SELECT ON shop.* TO other@'%'`,
    );

    expect(await difference(from, to)).toEqual({
      missing: ['GRANT `reader` TO ?'],
      extra: ['GRANT SELECT ON `shop`.* TO ?'],
    });
  });

  describe('two passwords', () => {
    const account = { username: 'two', host: '%' };
    const list = async () => parseAuthentications((await texts(showAccount(account)))[0] ?? '');
    const signsIn = async (...passwords: string[]): Promise<string[]> => {
      const found: string[] = [];
      for (const password of passwords) if (await server.signsIn({ username: 'two', password })) found.push(password);
      return found;
    };
    const state = (newPassword: string, oldPassword: string) => async (): Promise<void> => {
      const two = { newHash: hashOf(newPassword), oldHash: hashOf(oldPassword) };
      await run(alterAuthentications({ account, authentications: withTwoPasswords(await list(), two) }));
    };

    beforeEach(async () => {
      await server.sql(`CREATE OR REPLACE USER two@'%'
        IDENTIFIED VIA mysql_native_password USING '${hashOf('first')}' OR unix_socket`);
    });

    it('both sign in however often they are stated, and other ways to sign in stay [§11.58]', async () => {
      await state('second', 'first')();
      await state('second', 'first')();

      expect(await signsIn('first', 'second')).toEqual(['first', 'second']);
      expect((await list()).map(({ plugin }) => plugin)).toEqual([
        'mysql_native_password',
        'mysql_native_password',
        'unix_socket',
      ]);
    });

    it('the next pair ends the one that is in neither [§11.58]', async () => {
      await state('second', 'first')();
      await state('third', 'second')();

      expect(await signsIn('first', 'second', 'third')).toEqual(['second', 'third']);
    });

    it('one ends the others [§11.58]', async () => {
      await state('second', 'first')();
      await run(alterAuthentications({ account, authentications: withOnePassword(await list(), hashOf('second')) }));

      expect(await signsIn('first', 'second')).toEqual(['second']);
    });

    it('that are the same are one [§11.58]', () => {
      expect(withTwoPasswords([], { newHash: hashOf('x'), oldHash: hashOf('x') })).toHaveLength(1);
    });

    it('SET PASSWORD changes the first alone [§11.58]', async () => {
      await state('second', 'first')();

      await server.sql(setOwnPassword(hashOf('third')), server.credential({ username: 'two', password: 'first' }));

      expect(await signsIn('first', 'second', 'third')).toEqual(['first', 'third']);
    });
  });
});
