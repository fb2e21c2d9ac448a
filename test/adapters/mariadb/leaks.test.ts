import { readdir } from 'node:fs/promises';
import { MariadbEngine } from '../../../adapters/mariadb';
import { type ConnectionSecret } from '../../../rotation/secret-value';
import { Sensitive } from '../../../rotation/sensitive';
import { mariadbHere, startMariadbServer } from '../../support/mariadb-server';
import { describeWith } from '../../support/servers/describe-on';
import { type OwnSqlServer } from '../../support/servers/sql-server';

const engine = new MariadbEngine();

describeWith('leaks of MariaDB', { provision: mariadbHere }, (program) => {
  let server: OwnSqlServer;

  /** The server notes all that it can. */
  beforeAll(async () => {
    server = await startMariadbServer(program, {
      'log-bin': 'binary',
      'general-log': 'ON',
      'general-log-file': 'general.log',
      'slow-query-log': 'ON',
      'slow-query-log-file': 'slow.log',
      'log-slow-admin-statements': 'ON',
      'long-query-time': '0',
      'log-output': 'FILE,TABLE',
      'log-warnings': '9',
      'performance-schema': 'ON',
      'performance-schema-instrument': 'statement/%=ON',
      'performance-schema-consumer-events-statements-current': 'ON',
      'performance-schema-consumer-events-statements-history-long': 'ON',
      'performance-schema-consumer-events-statements-history': 'ON',
    });
  });

  afterAll(async () => {
    await server.stop();
  });

  it('no password is in a log, a table or a file of the server, also after failures [§11.18]', async () => {
    const names = ['fIrst', 'sEcond', 'tHird', 'kEpt', 'cLone', 'wRong', 'nEver'];
    const passwords = names.map((name) => new Sensitive(`${name}-gUarded-1`));
    const [first, second, third, kept, clone, wrong, never] = passwords as [
      Sensitive,
      Sensitive,
      Sensitive,
      Sensitive,
      Sensitive,
      Sensitive,
      Sensitive,
    ];
    await server.sql("CREATE USER app@'%' IDENTIFIED BY 'plain'");
    await server.sql("CREATE USER other@'%' IDENTIFIED BY 'plain'");
    const app = (password: Sensitive): ConnectionSecret => ({ ...server.address, username: 'app', password });

    await engine.changePassword({ signInAs: server.superuser, username: 'app', newPassword: first });
    await engine.changePassword({ signInAs: app(first), username: 'app', newPassword: second });
    await engine.changePassword({ signInAs: app(second), username: 'app', newPassword: third });
    await engine.verifyCredential({ credential: app(third) });
    await server.sql('CREATE DATABASE shop');
    await server.sql('CREATE TABLE shop.orders (n INT)');
    await server.sql("GRANT ALL ON shop.* TO app@'%'");
    const pair = {
      superuser: server.superuser,
      original: app(kept),
      alternate: { ...app(clone), username: 'app_clone' },
    };
    const probes = { read: ['SELECT n FROM shop.orders'], write: ['DELETE FROM shop.orders'] };
    const keeping = { signInAs: server.superuser, username: 'app', newPassword: kept, alsoKeep: third };
    await engine.changePassword(keeping);
    await engine.changePassword(keeping);
    await engine.matchUser(pair);
    await engine.verifyCredential({ credential: pair.alternate, probes, parity: pair });
    await expect(engine.changePassword({ ...keeping, signInAs: app(kept), newPassword: never })).rejects.toThrow();
    await expect(engine.matchUser({ ...pair, superuser: app(kept) })).rejects.toThrow();
    await expect(
      engine.verifyCredential({ credential: app(kept), probes: { write: ['DELETE FROM no.t'] } }),
    ).rejects.toThrow();
    await engine.changePassword({ signInAs: server.superuser, username: 'app', newPassword: third });
    const change = { signInAs: app(third), username: 'app', newPassword: never };
    const failing = [
      () => engine.verifyCredential({ credential: app(wrong) }),
      () => engine.changePassword({ ...change, signInAs: app(wrong) }),
      () => engine.changePassword({ ...change, username: 'other' }),
      () => engine.changePassword({ ...change, signInAs: server.superuser, username: 'missing' }),
      () => engine.changePassword({ ...change, signInAs: { ...app(third), dbname: 'missing' } }),
    ];
    for (const fail of failing) await expect(fail()).rejects.toThrow();
    await server.sql('SET GLOBAL read_only = ON');
    await expect(engine.changePassword(change)).rejects.toThrow(/read-only/);
    await server.sql('SET GLOBAL read_only = OFF');

    const files = (await readdir(server.dataFolder)).filter((name) => /\.log$|^binary\.\d+$/.test(name));
    const seen = await Promise.all(files.map((name) => server.file(name)));
    for (const table of [
      'performance_schema.events_statements_history_long',
      'performance_schema.events_statements_summary_by_digest',
      'performance_schema.threads',
      'information_schema.processlist',
      'mysql.general_log',
      'mysql.slow_log',
    ]) {
      const rows = await server.sql(`SELECT * FROM ${table}`);
      expect([table, rows.length > 0]).toEqual([table, true]);
      seen.push(JSON.stringify(rows));
    }
    const all = seen
      .join('\n')
      .replaceAll(/"type":"Buffer","data":\[([\d,]+)\]/g, (_, bytes: string) =>
        Buffer.from(bytes.split(',').map(Number)).toString('latin1'),
      );
    // Without these the search would prove nothing.
    expect(files).toEqual(expect.arrayContaining(['general.log', 'slow.log', 'binary.000001']));
    expect(all).toContain('ALTER USER `app`@`%` IDENTIFIED VIA mysql_native_password USING');
    expect(all).toContain("SET PASSWORD = '*");
    expect(all).toContain('CREATE USER `app_clone`@`%` IDENTIFIED VIA');
    for (const password of passwords) {
      const text = password.reveal();
      for (const form of [text, Buffer.from(text).toString('base64'), Buffer.from(text).toString('hex')]) {
        expect(all.toLowerCase().includes(form.toLowerCase())).toBe(false);
      }
    }
  });
});
