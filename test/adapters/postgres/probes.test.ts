import { PostgresEngine } from '../../../adapters/postgres';
import { type TestProbes } from '../../../rotation/database-engine';
import { ConfigurationInvalidError, PermissionMissingError } from '../../../rotation/errors';
import { type UserAccount } from '../../contracts/database-engine';
import { type OwnPostgresServer, startPostgresServer } from '../../support/postgres-server';

const engine = new PostgresEngine();
const app: UserAccount = { username: 'app', password: 'first' };
let server: OwnPostgresServer;

beforeAll(async () => {
  server = await startPostgresServer();
  await server.createUser(app);
  await server.sql('CREATE TABLE orders (id serial, note text); GRANT SELECT, INSERT ON orders TO app');
  await server.sql('CREATE TABLE hidden (n integer); CREATE SCHEMA closed; CREATE TABLE closed.t (n integer)');
  await server.sql(`CREATE FUNCTION secret() RETURNS integer LANGUAGE sql AS 'SELECT 1'`);
  await server.sql('REVOKE EXECUTE ON FUNCTION secret FROM PUBLIC');
});

afterAll(async () => {
  await server.stop();
});

const probe = (probes: TestProbes): Promise<void> =>
  engine.verifyCredential({ credential: server.credential(app), probes });

const countRows = async (): Promise<unknown> => (await server.sql('SELECT count(*)::integer AS n FROM orders'))[0];

describe('a probe [§11.39]', () => {
  it.each([
    ['a table', { read: ['SELECT 1', 'SELECT n FROM hidden'] }, 'read probe 2', 'GRANT SELECT ON hidden TO "app"'],
    ['a schema', { read: ['SELECT n FROM closed.t'] }, 'read probe 1', 'GRANT USAGE ON SCHEMA closed TO "app"'],
    ['a function', { read: ['SELECT secret()'] }, 'read probe 1', 'GRANT EXECUTE ON FUNCTION secret TO "app"'],
    ['an update', { write: [`update orders SET note = 'x'`] }, 'write probe 1', 'GRANT UPDATE ON orders TO "app"'],
    ['a delete', { write: ['DELETE FROM orders'] }, 'write probe 1', 'GRANT DELETE ON orders TO "app"'],
    [
      'a sequence, which EXPLAIN does not see',
      { write: [`INSERT INTO orders (note) VALUES ('x')`] },
      'write probe 1',
      'GRANT USAGE ON SEQUENCE orders_id_seq TO "app"',
    ],
  ])('that is denied %s says which one it is and what to run', async (...[, probes, which, grant]) => {
    await expect(probe(probes)).rejects.toBeInstanceOf(PermissionMissingError);
    await expect(probe(probes)).rejects.toThrow(which);
    await expect(probe(probes)).rejects.toThrow(`Run: ${grant}`);
  });

  it('that writes leaves nothing, and burns no more than a sequence’s number', async () => {
    await server.sql('GRANT USAGE ON SEQUENCE orders_id_seq TO app');
    try {
      await probe({
        read: ['SELECT * FROM orders;'],
        write: [
          `INSERT INTO orders (note) VALUES ('x')`,
          `WITH new AS (SELECT 1) INSERT INTO orders (id) SELECT * FROM new`,
        ],
      });

      expect(await countRows()).toEqual({ n: 0 });
    } finally {
      await server.sql('REVOKE USAGE ON SEQUENCE orders_id_seq FROM app');
    }
  });

  it.each([
    ['is more than one statement', { read: [`SELECT 1; INSERT INTO orders (id) VALUES (1)`] }],
    ['is more than one statement', { write: [`INSERT INTO orders (id) VALUES (1); COMMIT`] }],
    ['ends the transaction', { write: ['COMMIT'] }],
    ['ends the transaction', { read: ['SELECT 1) TO STDOUT; COMMIT; --'] }],
    [
      'writes where it should read',
      { read: [`WITH new AS (INSERT INTO orders (id) VALUES (1) RETURNING 1) SELECT 1`] },
    ],
    ['writes by a function', { read: [`SELECT setval('orders_id_seq', 1)`] }],
  ])('that %s is refused, and leaves nothing', async (_, probes) => {
    const failure: unknown = await probe(probes).catch((error: unknown) => error);

    expect([ConfigurationInvalidError, PermissionMissingError]).toContain((failure as Error).constructor);
    expect(await countRows()).toEqual({ n: 0 });
  });

  it('that takes too long is stopped by the server', async () => {
    await expect(probe({ read: ['SELECT pg_sleep(60)'] })).rejects.toBeInstanceOf(ConfigurationInvalidError);
    await server.untilFound(`SELECT 1 WHERE NOT EXISTS (SELECT FROM pg_stat_activity WHERE usename = 'app')`);
  });

  it('that reads much fetches little', async () => {
    await probe({ read: ['SELECT generate_series(1, 1000000000)'] });
  });
});

describe('a server', () => {
  it('is the same by every address, and another one is another', async () => {
    const other = await startPostgresServer();
    try {
      const ids = await Promise.all(
        [
          server.superuser,
          server.credential(app),
          { ...server.credential(app), host: 'localhost' },
          other.superuser,
        ].map(async (credential) => (await engine.inspect(credential)).serverId),
      );

      expect(new Set(ids.slice(0, 3)).size).toBe(1);
      expect(ids[3]).not.toBe(ids[0]);
    } finally {
      await other.stop();
    }
  });
});
