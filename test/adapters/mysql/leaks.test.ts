import { readdir } from 'node:fs/promises';
import { MysqlEngine } from '../../../adapters/mysql';
import { type ConnectionSecret } from '../../../rotation/secret-value';
import { Sensitive } from '../../../rotation/sensitive';
import { mysqlHere, startMysqlServer } from '../../support/mysql-server';
import { describeWith } from '../../support/servers/describe-on';
import { type OwnSqlServer } from '../../support/servers/sql-server';

const engine = new MysqlEngine({ passwordInStatement: true });

const everyStatementTable = [
  'performance_schema.events_statements_history_long',
  'performance_schema.events_statements_history',
  'performance_schema.events_statements_current',
  'performance_schema.events_statements_summary_by_digest',
  'performance_schema.error_log',
  'performance_schema.threads',
  'information_schema.processlist',
  'mysql.general_log',
  'mysql.slow_log',
  'sys.statement_analysis',
];

describeWith('leaks of MySQL', { provision: mysqlHere }, (program) => {
  let server: OwnSqlServer;

  /** The server notes all that it can. */
  beforeAll(async () => {
    server = await startMysqlServer(program, {
      'performance-schema': 'ON',
      'performance-schema-consumer-events-statements-history-long': 'ON',
      'performance-schema-consumer-events-statements-history': 'ON',
      'enable-log-bin': '',
      'log-bin': 'binary',
      'general-log': 'ON',
      'general-log-file': 'general.log',
      'slow-query-log': 'ON',
      'slow-query-log-file': 'slow.log',
      'long-query-time': '0',
      'log-output': 'FILE,TABLE',
      'log-error-verbosity': '3',
      'log-raw': 'OFF',
    });
  });

  afterAll(async () => {
    await server.stop();
  });

  it('no password is in a log, a table or a file of the server, also after failures and in the clear [§11.18]', async () => {
    const names = ['sUperuser', 'fIrst', 'sEcond', 'tHird', 'fOurth', 'kEpt', 'cLone', 'wRong', 'nEver'];
    const passwords = names.map((name) => new Sensitive(`${name}-gUarded-1`));
    const [, first, second, third, fourth, kept, clone, wrong, never] = passwords as [
      Sensitive,
      Sensitive,
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
    await server.sql("ALTER USER app@'%' PASSWORD REQUIRE CURRENT");
    await engine.changePassword({ signInAs: app(second), username: 'app', newPassword: third });
    await server.sql("GRANT CREATE USER ON *.* TO app@'%'");
    await engine.changePassword({ signInAs: app(third), username: 'app', newPassword: fourth });
    await engine.verifyCredential({ credential: app(fourth) });
    await server.sql("REVOKE CREATE USER ON *.* FROM app@'%'");
    await server.sql('CREATE DATABASE shop');
    await server.sql('CREATE TABLE shop.orders (n INT)');
    await server.sql("GRANT ALL ON shop.* TO app@'%'");
    const pair = {
      superuser: server.superuser,
      original: app(kept),
      alternate: { ...app(clone), username: 'app_clone' },
    };
    const probes = { read: ['SELECT n FROM shop.orders'], write: ['DELETE FROM shop.orders'] };
    const keeping = { signInAs: server.superuser, username: 'app', newPassword: kept, alsoKeep: fourth };
    await engine.changePassword(keeping);
    await engine.changePassword(keeping);
    await engine.matchUser(pair);
    await engine.verifyCredential({ credential: pair.alternate, probes, parity: pair });
    await expect(engine.changePassword({ ...keeping, signInAs: app(kept), newPassword: never })).rejects.toThrow();
    await expect(engine.matchUser({ ...pair, superuser: app(kept) })).rejects.toThrow();
    await expect(
      engine.verifyCredential({ credential: app(kept), probes: { write: ['DELETE FROM no.t'] } }),
    ).rejects.toThrow();
    await engine.changePassword({ signInAs: server.superuser, username: 'app', newPassword: fourth });
    const change = { signInAs: app(fourth), username: 'app', newPassword: never };
    const failing = [
      () => engine.verifyCredential({ credential: app(wrong) }),
      () => engine.changePassword({ ...change, signInAs: app(wrong) }),
      () => engine.changePassword({ ...change, username: 'other' }),
      () => engine.changePassword({ ...change, signInAs: server.superuser, username: 'missing' }),
      () => engine.changePassword({ ...change, signInAs: { ...app(fourth), dbname: 'missing' } }),
    ];
    for (const fail of failing) await expect(fail()).rejects.toThrow();
    await server.sql("INSTALL COMPONENT 'file://component_validate_password'");
    await server.sql('SET GLOBAL validate_password.length = 100');
    await expect(engine.changePassword(change)).rejects.toThrow(/policy/);
    await server.sql('SET GLOBAL read_only = ON');
    await expect(engine.changePassword(change)).rejects.toThrow(/read-only/);
    await server.sql('SET GLOBAL read_only = OFF');

    const files = (await readdir(server.dataFolder)).filter((name) => /\.log$|^binary\.\d+$/.test(name));
    const seen = await Promise.all(files.map((name) => server.file(name)));
    for (const table of everyStatementTable) {
      const hex = await server.sql<Record<string, unknown>>(`SELECT * FROM ${table}`);
      seen.push(
        JSON.stringify(hex, (_, value: unknown) => (Buffer.isBuffer(value) ? value.toString('latin1') : value)),
      );
    }
    const all = seen
      .join('\n')
      .replaceAll(/"type":"Buffer","data":\[([\d,]+)\]/g, (_, bytes: string) =>
        Buffer.from(bytes.split(',').map(Number)).toString('latin1'),
      );
    // Without these the search would prove nothing.
    expect(files).toEqual(expect.arrayContaining(['general.log', 'slow.log', 'binary.000001']));
    expect(all).toContain('ALTER USER `app`@`%` IDENTIFIED WITH caching_sha2_password AS 0x');
    expect(all).toContain("ALTER USER 'app'@'%' IDENTIFIED BY <secret>");
    expect(all).toContain('REPLACE <secret>');
    expect(all).toContain('CREATE USER `app_clone`@`%` IDENTIFIED WITH');
    for (const password of passwords) {
      const text = password.reveal();
      for (const form of [text, Buffer.from(text).toString('base64'), Buffer.from(text).toString('hex')]) {
        expect(all.toLowerCase().includes(form.toLowerCase())).toBe(false);
      }
    }
  });
});
