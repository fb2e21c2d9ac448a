import { escapeLiteral } from 'pg';
import { PostgresEngine } from '../../../adapters/postgres';
import {
  MalformedSecretError,
  PermissionMissingError,
  TargetConflictError,
  TargetMisconfiguredError,
} from '../../../rotation/errors';
import { type ConnectionSecret } from '../../../rotation/secret-value';
import { type UserAccount } from '../../contracts/database-engine';
import { type OwnPostgresServer, startPostgresServer } from '../../support/postgres-server';
import { describeWith, provide } from '../../support/servers/describe-on';
import { findPostgres } from '../../support/servers/postgres-program';

const engine = new PostgresEngine();

function describeMatching(binaries?: ReturnType<typeof findPostgres>): void {
  let server: OwnPostgresServer;
  let lastUser = 0;

  beforeAll(async () => {
    server = await startPostgresServer({ log_statement: 'ddl' }, binaries);
  });

  afterAll(async () => {
    await server.stop();
  });

  const anApplication = (attributes = '', username = `app_${++lastUser}`): Promise<UserAccount> =>
    server.createUser({ username, password: 'first' }, attributes);

  const cloneOf = ({ username }: UserAccount): UserAccount => ({ username: `${username}_clone`, password: 'cloned' });

  const pair = (
    original: UserAccount,
    alternate: UserAccount,
    superuser = server.superuser,
  ): { superuser: ConnectionSecret; original: ConnectionSecret; alternate: ConnectionSecret } => ({
    superuser,
    original: server.credential(original),
    alternate: server.credential(alternate),
  });

  const match = (...users: Parameters<typeof pair>): Promise<{ readonly changed: boolean }> =>
    engine.matchUser(pair(...users));

  const verify = (...users: Parameters<typeof pair>): Promise<void> => {
    const parity = pair(...users);
    return engine.verifyCredential({ credential: parity.alternate, parity });
  };

  const as = async (user: UserAccount, text: string): Promise<Record<string, unknown>> =>
    (await server.sql(text, server.credential(user)))[0] ?? {};

  /** Brings both to parity, in both directions, and expects that nothing is left to be done. */
  async function matchTwice(app: UserAccount, clone: UserAccount, superuser?: ConnectionSecret): Promise<void> {
    for (const [original, alternate] of [
      [app, clone],
      [clone, app],
      [app, clone],
    ] as const) {
      await match(original, alternate, superuser);
      expect(await match(original, alternate, superuser)).toEqual({ changed: false });
      await verify(original, alternate, superuser);
    }
  }

  const attributes = async ({ username }: UserAccount): Promise<Record<string, unknown>> => {
    const [row = {}] = await server.sql(
      `SELECT rolcanlogin, rolinherit, rolcreatedb, rolcreaterole, rolbypassrls, rolreplication, rolconnlimit,
        rolvaliduntil::text FROM pg_roles WHERE rolname = ${escapeLiteral(username)}`,
    );
    return row;
  };

  const settings = async ({ username }: UserAccount): Promise<string[]> => {
    const rows = await server.sql<{ entry: string }>(
      `SELECT coalesce(datname, '') || ' ' || entry AS entry FROM pg_db_role_setting
        JOIN pg_roles role ON role.oid = setrole LEFT JOIN pg_database base ON base.oid = setdatabase, unnest(setconfig) AS entry
        WHERE rolname = ${escapeLiteral(username)} AND entry NOT LIKE 'role=%' ORDER BY 1`,
    );
    return rows.map(({ entry }) => entry);
  };

  describe('the clone', () => {
    it('acts as the user that it is the clone of, also after its session is reset', async () => {
      const app = await anApplication();
      const clone = cloneOf(app);

      await match(app, clone);

      const rows = await server.withClient(async (client) => {
        await client.query('DISCARD ALL');
        const { rows: found } = await client.query<object>('SELECT session_user AS session, current_user AS acting');
        return found;
      }, server.credential(clone));
      expect(rows).toEqual([{ session: clone.username, acting: app.username }]);
    });

    it('sees the rows that row security shows to the user', async () => {
      const app = await anApplication();
      const clone = cloneOf(app);
      await server.sql(
        `CREATE TABLE secured_${app.username} (owner name DEFAULT current_user);
         ALTER TABLE secured_${app.username} ENABLE ROW LEVEL SECURITY;
         CREATE POLICY own ON secured_${app.username} USING (owner = current_user);
         GRANT ALL ON secured_${app.username} TO ${app.username}`,
      );
      await as(app, `INSERT INTO secured_${app.username} DEFAULT VALUES`);

      await match(app, clone);

      expect(await as(clone, `SELECT count(*)::integer AS seen FROM secured_${app.username}`)).toEqual({ seen: 1 });
    });

    it('has the attributes, and loses them again', async () => {
      const app = await anApplication(
        `CREATEDB CREATEROLE BYPASSRLS REPLICATION CONNECTION LIMIT 12 VALID UNTIL '2099-12-31 12:00:00+00'`,
      );
      const clone = cloneOf(app);
      await match(app, clone);
      expect(await attributes(clone)).toEqual(await attributes(app));

      await server.sql(
        `ALTER ROLE ${app.username} NOCREATEDB NOCREATEROLE NOBYPASSRLS NOREPLICATION CONNECTION LIMIT -1 VALID UNTIL 'infinity'`,
      );
      expect(await match(app, clone)).toEqual({ changed: true });
      expect({ ...(await attributes(clone)), rolvaliduntil: '' }).toEqual({
        ...(await attributes(app)),
        rolvaliduntil: '',
      });
      await matchTwice(app, clone);
    });

    it('has the settings, of all databases and of one, and loses those that are gone', async () => {
      const app = await anApplication();
      const clone = cloneOf(app);
      await server.sql(`CREATE DATABASE "db of ${app.username}"`);
      for (const setting of [
        `SET search_path = "$user", 'we"ird, schema', public`,
        `SET temp_tablespaces = ''`,
        `SET application_name = 'it''s \\ "x", y'`,
        `SET "rotor.test" = ''`,
        `SET DateStyle = 'ISO, DMY'`,
        `IN DATABASE "db of ${app.username}" SET statement_timeout = '7s'`,
      ]) {
        await server.sql(`ALTER ROLE ${app.username} ${setting}`);
      }

      await match(app, clone);
      expect(await settings(clone)).toEqual(await settings(app));
      expect(await settings(clone)).toHaveLength(6);
      await matchTwice(app, clone);

      await server.sql(`ALTER ROLE ${app.username} RESET search_path`);
      await server.sql(`ALTER ROLE ${app.username} IN DATABASE "db of ${app.username}" RESET ALL`);
      await match(app, clone);
      expect(await settings(clone)).toEqual(await settings(app));
      expect(await settings(clone)).toHaveLength(4);
    });

    it('is what AWS’s function made of it: repaired', async () => {
      const app = await anApplication();
      const clone = cloneOf(app);
      await server.createUser(clone, 'NOINHERIT');
      await server.sql(`GRANT ${app.username} TO ${clone.username}`);
      await server.sql(`GRANT CREATE ON SCHEMA public TO ${app.username}, ${clone.username}`);
      await as(clone, `CREATE TABLE made_before_${app.username} (n integer)`);
      await as(clone, `INSERT INTO made_before_${app.username} VALUES (1)`);

      expect(await match(app, clone)).toEqual({ changed: true });

      expect(await as(app, `SELECT n FROM made_before_${app.username}`)).toEqual({ n: 1 });
      await as(clone, `ALTER TABLE made_before_${app.username} ADD COLUMN m integer`);
      await as(app, `DROP TABLE made_before_${app.username}`);
      await matchTwice(app, clone);
    });

    it('is not left acting as somebody else', async () => {
      const [app, other] = [await anApplication(), await anApplication()];
      const clone = cloneOf(app);
      await match(app, clone);
      await server.sql(`GRANT ${other.username} TO ${clone.username}`);
      await server.sql(`ALTER ROLE ${clone.username} IN DATABASE postgres SET role = ${escapeLiteral(other.username)}`);

      await match(app, clone);

      expect(await as(clone, 'SELECT current_user AS acting')).toEqual({ acting: app.username });
    });
  });

  describe('what either is granted by itself', () => {
    it('is granted to both: of every kind of object, with its options [§11.59]', async () => {
      const app = await anApplication();
      const clone = cloneOf(app);
      await match(app, clone);
      const [base, name] = [app.username, clone.username];
      for (const text of [
        `CREATE SCHEMA "schema TO ${base}"`,
        `CREATE TABLE "schema TO ${base}"."table TO x" (id serial, a integer, b integer)`,
        `CREATE FUNCTION "schema TO ${base}"."f TO"(x integer, VARIADIC y text[]) RETURNS integer LANGUAGE sql AS 'SELECT 1'`,
        `CREATE PROCEDURE "schema TO ${base}".p(x integer, OUT y integer) LANGUAGE sql AS 'SELECT 1'`,
        `REVOKE ALL ON ALL ROUTINES IN SCHEMA "schema TO ${base}" FROM PUBLIC`,
        `CREATE TYPE "schema TO ${base}".mood AS ENUM ('ok')`,
        `REVOKE ALL ON TYPE "schema TO ${base}".mood FROM PUBLIC`,
        `CREATE FOREIGN DATA WRAPPER "wrapper TO ${base}"`,
        `CREATE SERVER "server TO ${base}" FOREIGN DATA WRAPPER "wrapper TO ${base}"`,
        `CREATE ROLE "team TO ${base}"`,
        `GRANT USAGE ON SCHEMA "schema TO ${base}" TO ${name}`,
        `GRANT INSERT, DELETE ON "schema TO ${base}"."table TO x" TO ${name} WITH GRANT OPTION`,
        `GRANT SELECT (a), UPDATE (b) ON "schema TO ${base}"."table TO x" TO ${name}`,
        `GRANT USAGE ON SEQUENCE "schema TO ${base}"."table TO x_id_seq" TO ${name}`,
        `GRANT EXECUTE ON ALL ROUTINES IN SCHEMA "schema TO ${base}" TO ${name}`,
        `GRANT USAGE ON TYPE "schema TO ${base}".mood TO ${name}`,
        `GRANT USAGE ON FOREIGN DATA WRAPPER "wrapper TO ${base}" TO ${name}`,
        `GRANT USAGE ON FOREIGN SERVER "server TO ${base}" TO ${name}`,
        `GRANT CREATE ON DATABASE postgres TO ${name}`,
        `GRANT CREATE ON TABLESPACE pg_default TO ${name}`,
        `GRANT SET ON PARAMETER log_statement TO ${name}`,
        `GRANT EXECUTE ON FUNCTION pg_catalog.pg_switch_wal() TO ${name}`,
        `SELECT lo_create(${1000 + lastUser})`,
        `GRANT SELECT ON LARGE OBJECT ${1000 + lastUser} TO ${name}`,
        `GRANT "team TO ${base}" TO ${name} WITH ADMIN OPTION`,
      ]) {
        await server.sql(text);
      }
      await expect(verify(clone, app)).rejects.toBeInstanceOf(PermissionMissingError);

      await match(clone, app);

      for (const user of [app, clone]) {
        const rights = await as(
          user,
          `SELECT has_schema_privilege('schema TO ${base}', 'USAGE') AS schema,
            has_table_privilege('"schema TO ${base}"."table TO x"', 'DELETE WITH GRANT OPTION') AS grantable,
            has_column_privilege('"schema TO ${base}"."table TO x"', 'a', 'SELECT') AS readable,
            has_column_privilege('"schema TO ${base}"."table TO x"', 'b', 'SELECT') AS unreadable,
            has_sequence_privilege('"schema TO ${base}"."table TO x_id_seq"', 'USAGE') AS sequence,
            has_function_privilege('"schema TO ${base}"."f TO"(integer, text[])', 'EXECUTE') AS function,
            has_function_privilege('pg_catalog.pg_switch_wal()', 'EXECUTE') AS brought,
            has_type_privilege('"schema TO ${base}".mood', 'USAGE') AS type,
            has_server_privilege('server TO ${base}', 'USAGE') AS server,
            has_foreign_data_wrapper_privilege('wrapper TO ${base}', 'USAGE') AS wrapper,
            has_database_privilege('postgres', 'CREATE') AS database,
            has_tablespace_privilege('pg_default', 'CREATE') AS space,
            has_parameter_privilege('log_statement', 'SET') AS parameter,
            lo_get(${1000 + lastUser}) = '' AS object,
            pg_has_role('team TO ${base}', 'MEMBER WITH ADMIN OPTION') AS member`,
        );
        const { unreadable, ...granted } = rights;
        expect(unreadable).toBe(false);
        expect([...new Set(Object.values(granted))]).toEqual([true]);
        expect(Object.keys(granted)).toHaveLength(14);
      }
      await matchTwice(app, clone);
      await server.sql(`GRANT CREATE ON SCHEMA "schema TO ${base}" TO ${base}`);
      await matchTwice(app, clone);
    });

    it('is granted to both for objects to come', async () => {
      const [app, maker, reader] = [await anApplication(), await anApplication(), await anApplication()];
      const clone = cloneOf(app);
      await match(app, clone);
      await server.sql(`CREATE SCHEMA of_${app.username}`);
      await server.sql(
        `GRANT USAGE, CREATE ON SCHEMA of_${app.username} TO ${maker.username}, ${app.username}, ${reader.username}`,
      );
      for (const text of [
        `FOR ROLE ${maker.username} IN SCHEMA of_${app.username} GRANT SELECT ON TABLES TO ${clone.username}`,
        `FOR ROLE ${clone.username} GRANT SELECT ON TABLES TO ${reader.username}`,
        `FOR ROLE ${clone.username} IN SCHEMA of_${app.username} GRANT SELECT ON TABLES TO PUBLIC`,
        `FOR ROLE ${clone.username} GRANT EXECUTE ON FUNCTIONS TO ${reader.username} WITH GRANT OPTION`,
      ]) {
        await server.sql(`ALTER DEFAULT PRIVILEGES ${text}`);
      }

      await match(clone, app);

      await as(maker, `CREATE TABLE of_${app.username}.made (n integer)`);
      await as(clone, `CREATE TABLE of_${app.username}.cloned (n integer)`);
      for (const user of [app, clone]) await as(user, `SELECT n FROM of_${app.username}.made`);
      for (const user of [reader, maker]) await as(user, `SELECT n FROM of_${app.username}.cloned`);
      await matchTwice(app, clone);
    });

    it('stays granted: nothing is taken from either', async () => {
      const [app, other] = [await anApplication(), await anApplication()];
      const clone = cloneOf(app);
      await match(app, clone);
      await server.sql(
        `CREATE TABLE more_${app.username} (n integer); GRANT SELECT ON more_${app.username} TO ${app.username}`,
      );
      await server.sql(`GRANT ${other.username} TO ${app.username}`);

      await matchTwice(app, clone);

      await as(clone, `SELECT n FROM more_${app.username}`);
      expect(await as(clone, `SELECT pg_has_role('${other.username}', 'MEMBER') AS member`)).toEqual({ member: true });
    });
  });

  describe('a role that owns for both', () => {
    it('is kept as what both act as', async () => {
      const app = await anApplication();
      const clone = cloneOf(app);
      const owner = `owner_of_${app.username}`;
      await server.sql(`CREATE ROLE ${owner}; GRANT CREATE ON SCHEMA public TO ${owner}`);
      await server.sql(`GRANT ${owner} TO ${app.username}; ALTER ROLE ${app.username} SET role = '${owner}'`);
      await as(app, `CREATE TABLE by_${app.username} (n integer)`);

      await matchTwice(app, clone);

      await as(clone, `INSERT INTO by_${app.username} VALUES (1)`);
      await as(clone, `CREATE TABLE by_${clone.username} (n integer)`);
      await as(app, `ALTER TABLE by_${clone.username} ADD COLUMN m integer`);
      expect(await as(clone, 'SELECT current_user AS acting')).toEqual({ acting: owner });
      expect(await server.sql(`SELECT 1 WHERE pg_has_role('${clone.username}', '${app.username}', 'MEMBER')`)).toEqual(
        [],
      );
    });

    it('gets what one of the users owned or was granted before', async () => {
      const app = await anApplication();
      const clone = cloneOf(app);
      const owner = `owner_of_${app.username}`;
      await server.sql(`GRANT CREATE ON SCHEMA public TO ${app.username}`);
      await as(app, `CREATE TABLE by_${app.username} (n integer)`);
      await server.sql(`CREATE ROLE ${owner}; GRANT ${owner} TO ${app.username}`);
      await server.sql(`ALTER ROLE ${app.username} SET role = '${owner}'`);

      await matchTwice(app, clone);

      for (const user of [app, clone]) await as(user, `INSERT INTO by_${app.username} VALUES (1)`);
    });

    it('is not believed where the user only says so in its own settings', async () => {
      const app = await anApplication();
      const clone = cloneOf(app);
      await server.sql(`CREATE ROLE rich_of_${app.username} CREATEROLE`);
      await server.sql(`ALTER ROLE ${app.username} SET role = 'rich_of_${app.username}'`);
      expect(await as(app, 'SELECT current_user AS acting')).toEqual({ acting: app.username });

      await match(app, clone);

      expect(await as(clone, 'SELECT current_user AS acting')).toEqual({ acting: app.username });
      expect(
        await server.sql(`SELECT 1 WHERE pg_has_role('${clone.username}', 'rich_of_${app.username}', 'MEMBER')`),
      ).toEqual([]);
    });
  });

  describe('another run', () => {
    it('sends nothing that changes, and salts nothing anew [§11.23]', async () => {
      const app = await anApplication();
      const clone = cloneOf(app);
      await match(app, clone);
      const stored = await server.sql('SELECT rolname, rolpassword FROM pg_authid ORDER BY 1');
      const log = await server.log();

      expect(await match(app, clone)).toEqual({ changed: false });

      expect(await server.sql('SELECT rolname, rolpassword FROM pg_authid ORDER BY 1')).toEqual(stored);
      expect((await server.log()).slice(log.length)).not.toMatch(/statement|CREATE|ALTER|GRANT/);
    });

    it('begins with the clone where the secret names a user that ends in _clone', async () => {
      const clone = await anApplication('', `begun_${++lastUser}_clone`);
      const base = { username: clone.username.replace('_clone', ''), password: 'based' };
      await server.sql(`GRANT CREATE ON SCHEMA public TO ${clone.username}`);
      await as(clone, `CREATE TABLE of_${clone.username} (n integer)`);

      await match(clone, base);

      for (const user of [base, clone]) await as(user, `INSERT INTO of_${clone.username} VALUES (1)`);
      await verify(clone, base);
      await matchTwice(base, clone);
    });

    it('goes along with a membership that is the other way round', async () => {
      const app = await anApplication();
      const clone = cloneOf(app);
      await server.createUser(clone);
      await server.sql(`GRANT ${clone.username} TO ${app.username}`);

      await matchTwice(app, clone);
    });
  });

  describe('what is refused', () => {
    it('is a superuser, on either side [§11.30]', async () => {
      const [app, other] = [await anApplication('SUPERUSER'), await anApplication()];
      await server.createUser(cloneOf(other), 'SUPERUSER');

      for (const user of [app, other]) {
        await expect(match(user, cloneOf(user))).rejects.toBeInstanceOf(TargetMisconfiguredError);
        await expect(match(user, cloneOf(user))).rejects.toThrow(/NOSUPERUSER/);
      }
      expect(await server.sql(`SELECT 1 FROM pg_roles WHERE rolname = '${cloneOf(app).username}'`)).toEqual([]);
    });

    it('is a user that signs in by IAM, also where the membership is nested [§11.27]', async () => {
      const app = await anApplication();
      await server.sql(`CREATE ROLE rds_iam; CREATE ROLE team; GRANT rds_iam TO team; GRANT team TO ${app.username}`);
      try {
        await expect(match(app, cloneOf(app))).rejects.toBeInstanceOf(TargetMisconfiguredError);
        await expect(match(app, cloneOf(app))).rejects.toThrow(/rds_iam/);
      } finally {
        await server.sql('DROP ROLE team; DROP ROLE rds_iam');
      }
    });

    it('is a base user with which the user that has the ending has nothing to do', async () => {
      const base = await anApplication();
      const clone = await server.createUser({ ...cloneOf(base), password: 'a stranger' });
      const stolen = { ...base, password: 'stolen' };

      await expect(match(clone, stolen)).rejects.toBeInstanceOf(PermissionMissingError);
      await expect(match(clone, stolen)).rejects.toThrow(`GRANT "${base.username}" TO "${clone.username}"`);

      expect(await server.signsIn(base)).toBe(true);
      await server.sql(`GRANT ${base.username} TO ${clone.username}`);
      await match(clone, stolen);
      expect(await server.signsIn(stolen)).toBe(true);
    });

    it.each(['a'.repeat(58), 'ü'.repeat(29), 'pg_app', ''])(
      'is the alternate of %j [§11.3] [§11.6]',
      async (username) => {
        const app = { username: username || 'x', password: 'any' };
        const alternate = username === '' ? { ...app, username: '' } : cloneOf(app);

        await expect(match(app, alternate)).rejects.toBeInstanceOf(MalformedSecretError);
      },
    );

    it('is a table that somebody holds, and goes on when it is free', async () => {
      const app = await anApplication();
      const clone = cloneOf(app);
      await match(app, clone);
      const table = `held_${app.username}`;
      await server.sql(`CREATE TABLE ${table} (n integer)`);
      await server.sql(`ALTER TABLE ${table} OWNER TO ${clone.username}`);
      await server.withClient(async (client) => {
        await client.query('BEGIN');
        await client.query(`LOCK TABLE ${table}`);
        await expect(match(clone, app)).rejects.toBeInstanceOf(TargetConflictError);
        await client.query('ROLLBACK');
      });

      await match(clone, app);
      await as(app, `INSERT INTO ${table} VALUES (1)`);
    });

    it.each<[string, (stop: AbortController) => Promise<unknown>, RegExp]>([
      [
        'by the server',
        () =>
          server.sql(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'rotor %'`),
        /lost|closed/,
      ],
      [
        'by the worker',
        (stop) => {
          stop.abort(new Error('no longer wanted'));
          return Promise.resolve();
        },
        /no longer wanted/,
      ],
    ])('is nothing: what was ended half-way %s leaves no trace, and is made up for', async (_, end, told) => {
      const app = await anApplication();
      const clone = cloneOf(app);
      await match(app, clone);
      const table = `ended_${app.username}`;
      await server.sql(`CREATE TABLE ${table} (n integer); GRANT SELECT ON ${table} TO ${clone.username}`);
      await server.sql(
        `CREATE TABLE ${table}_owned (n integer); ALTER TABLE ${table}_owned OWNER TO ${clone.username}`,
      );
      await server.sql(`ALTER ROLE ${clone.username} CONNECTION LIMIT 7`);
      const stop = new AbortController();
      await server.withClient(async (client) => {
        await client.query(`BEGIN; LOCK TABLE ${table}_owned`);
        const matching = new PostgresEngine({ signal: stop.signal }).matchUser(pair(clone, app));
        const outcome = expect(matching).rejects.toThrow(told);
        await server.untilFound(
          `SELECT 1 FROM pg_stat_activity WHERE application_name LIKE 'rotor %' AND wait_event_type = 'Lock'`,
        );
        await end(stop);
        await outcome;
        await client.query('ROLLBACK');
      });
      await server.untilFound(
        `SELECT 1 WHERE NOT EXISTS (SELECT FROM pg_stat_activity WHERE application_name LIKE 'rotor %')`,
      );

      expect(await attributes(app)).toMatchObject({ rolconnlimit: -1 });
      await expect(as(app, `SELECT n FROM ${table}`)).rejects.toThrow('permission denied');
      expect(await match(clone, app)).toEqual({ changed: true });
      await as(app, `SELECT n FROM ${table}`);
      await verify(clone, app);
    });

    it('is no function or operator of the same name in the search_path of the superuser [§11.20]', async () => {
      const app = await anApplication();
      const admin = await server.createUser({ username: `shadowed_${lastUser}`, password: 'admin' }, 'SUPERUSER');
      await server.sql(`CREATE SCHEMA shadows_${lastUser}`);
      await server.sql(
        `CREATE FUNCTION shadows_${lastUser}.pg_has_role(oid, oid, text) RETURNS boolean LANGUAGE sql AS 'SELECT 1/0 = 1'`,
      );
      await server.sql(`CREATE VIEW shadows_${lastUser}.pg_roles AS SELECT 1 AS nothing`);
      await server.sql(`ALTER ROLE ${admin.username} SET search_path = shadows_${lastUser}, pg_catalog`);

      await match(app, cloneOf(app), server.credential(admin));
      await verify(app, cloneOf(app), server.credential(admin));
    });
  });

  describe('a superuser that is none, as on Amazon RDS', () => {
    async function anAdmin(): Promise<UserAccount> {
      return server.createUser({ username: `rotator_${++lastUser}`, password: 'rotating' }, 'CREATEROLE');
    }

    it('is told what it lacks, and nothing is changed [§11.28]', async () => {
      const [app, admin] = [await anApplication(), await anAdmin()];
      await server.sql(`ALTER ROLE ${app.username} BYPASSRLS`);

      const matching = match(app, cloneOf(app), server.credential(admin));

      await expect(matching).rejects.toBeInstanceOf(PermissionMissingError);
      await expect(matching).rejects.toThrow(`Run as a superuser: ALTER ROLE "${cloneOf(app).username}" BYPASSRLS`);
      expect(await server.sql(`SELECT 1 FROM pg_roles WHERE rolname = '${cloneOf(app).username}'`)).toEqual([]);
    });

    it('rotates three times with the membership that it is told to be given', async () => {
      const [app, admin] = [await anApplication(), await anAdmin()];
      const clone = cloneOf(app);
      await server.sql(`ALTER ROLE ${app.username} SET search_path = 'public'`);
      await server.sql(
        `CREATE TABLE rds_${app.username} (n integer); GRANT ALL ON rds_${app.username} TO ${app.username}`,
      );
      const [row] = await server.sql<{ server_version_num: string }>('SHOW server_version_num');
      if (Number(row?.server_version_num) >= 160_000) {
        await expect(match(app, clone, server.credential(admin))).rejects.toThrow(
          `GRANT "${app.username}" TO "${admin.username}" WITH ADMIN OPTION`,
        );
      }
      await server.sql(`GRANT ${app.username} TO ${admin.username} WITH ADMIN OPTION`);

      await matchTwice(app, clone, server.credential(admin));

      await as(clone, `INSERT INTO rds_${app.username} VALUES (1)`);
      await as(clone, `CREATE TEMPORARY TABLE t (n integer)`);
    });

    it('is told the grant that it may not hand on', async () => {
      const [app, admin] = [await anApplication(), await anAdmin()];
      const clone = cloneOf(app);
      await server.sql(`GRANT ${app.username} TO ${admin.username} WITH ADMIN OPTION`);
      await match(app, clone, server.credential(admin));
      await server.sql(
        `CREATE TABLE kept_${app.username} (n integer); GRANT SELECT ON kept_${app.username} TO ${clone.username}`,
      );

      await expect(match(clone, app, server.credential(admin))).rejects.toThrow(
        `GRANT SELECT ON TABLE public.kept_${app.username} TO "${app.username}"`,
      );
    });
  });

  describe('parity', () => {
    it('fails where the clone may not act as the user any more, and says what to run', async () => {
      const app = await anApplication();
      const clone = cloneOf(app);
      await match(app, clone);
      await server.sql(`REVOKE ${app.username} FROM ${clone.username}`);

      await expect(verify(app, clone)).rejects.toThrow(PermissionMissingError);
      await expect(verify(app, clone)).rejects.toThrow(/membership/);
    });

    it('names the grant that is missing', async () => {
      const app = await anApplication();
      const clone = cloneOf(app);
      await match(app, clone);
      await server.sql(
        `CREATE TABLE "odd ${app.username}" (n integer); GRANT UPDATE (n) ON "odd ${app.username}" TO ${clone.username}`,
      );

      await expect(verify(clone, app)).rejects.toThrow(
        `lacks what "${clone.username}" has: UPDATE ("n") ON TABLE public."odd ${app.username}". ` +
          `Run: GRANT UPDATE ("n") ON TABLE public."odd ${app.username}" TO "${app.username}"`,
      );
    });

    it('does not show the value of a setting that differs', async () => {
      const app = await anApplication();
      const clone = cloneOf(app);
      await match(app, clone);
      await server.sql(`ALTER ROLE ${app.username} SET rotor.token = 'hUshed'`);

      const failure: unknown = await verify(app, clone).catch((error: unknown) => error);

      expect(String(failure)).toContain('rotor.token');
      expect(String(failure)).not.toContain('hUshed');
    });

    it('changes nothing', async () => {
      const app = await anApplication();
      const clone = cloneOf(app);
      await match(app, clone);
      await server.sql(`ALTER ROLE ${app.username} CONNECTION LIMIT 5`);

      await expect(verify(app, clone)).rejects.toThrow(/CONNECTION LIMIT 5/);

      expect(await attributes(clone)).toMatchObject({ rolconnlimit: -1 });
    });
  });
}

describe('matchUser', () => {
  describeMatching();
});

describeWith('matchUser on PostgreSQL 15', { provision: provide(() => findPostgres(15)) }, (binaries) => {
  describeMatching(binaries);
});
