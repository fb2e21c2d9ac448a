import { randomBytes } from 'node:crypto';
import { MysqlEngine } from '../../adapters/mysql';
import { findFreePort } from '../../local/supervisor';
import { type AlternatingUnderTest } from '../contracts/alternate-users';
import { provide, type Provision } from './servers/describe-on';
import { type MysqlProgram, mysqlProgram } from './servers/mysql-program';
import { type OwnSqlServer, type SqlServer } from './servers/sql-server';
import { sqlUnderTest } from './servers/sql-under-test';
import { startOwnServer } from './servers/start-own-server';

/** The MySQL of this machine, fetched now if need be; or why there is none. */
export const mysqlHere: Provision<MysqlProgram> = provide(mysqlProgram);

const asRoot = process.getuid?.() === 0 ? ['--user=root'] : [];

const quick = {
  'bind-address': '127.0.0.1',
  mysqlx: 'OFF',
  'disable-log-bin': '',
  'performance-schema': 'OFF',
  'innodb-buffer-pool-size': '32M',
  'innodb-flush-log-at-trx-commit': '0',
};

/** Starts a MySQL with the data of a new one. `options` are its own, without `--`; an empty one stands alone. */
export async function startMysqlServer(
  { command, args }: MysqlProgram,
  options: Readonly<Record<string, string>> = {},
): Promise<OwnSqlServer> {
  const superuser = { username: 'superuser', password: randomBytes(24).toString('base64url') };
  return startOwnServer(({ dataFolder, home }) => {
    const all = [...args, ...asRoot, `--datadir=${dataFolder}`];
    const smallLog = ['--innodb-redo-log-capacity=8M', '--disable-log-bin'];
    return {
      engine: 'mysql',
      create: { command, args: [...all, '--initialize-insecure', ...smallLog] },
      run: { command, args: [...all, '--innodb-redo-log-capacity=8M'] },
      options: { ...quick, socket: `${home}/s.sock`, 'pid-file': `${home}/pid`, ...options },
      firstStatements: [
        `CREATE USER ${superuser.username}@'%' IDENTIFIED BY '${superuser.password}'`,
        `GRANT ALL ON *.* TO ${superuser.username}@'%' WITH GRANT OPTION`,
      ],
      superuser,
    };
  });
}

/** A MySQL for the contract of database engines. */
export async function mysqlUnderTest(server: SqlServer, close: () => Promise<void>): Promise<AlternatingUnderTest> {
  return sqlUnderTest(server, {
    engine: (options) => new MysqlEngine({ ...options, passwordInStatement: true }),
    unusedPort: await findFreePort(),
    close,
  });
}
