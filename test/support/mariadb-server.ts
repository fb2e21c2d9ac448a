import { randomBytes } from 'node:crypto';
import { MariadbEngine } from '../../adapters/mariadb';
import { findFreePort } from '../../local/supervisor';
import { type AlternatingUnderTest } from '../contracts/alternate-users';
import { provide, type Provision } from './servers/describe-on';
import { type MariadbProgram, mariadbProgram } from './servers/mariadb-program';
import { nativeHashOf } from './servers/native-hash-of';
import { type OwnSqlServer, type SqlServer } from './servers/sql-server';
import { sqlUnderTest } from './servers/sql-under-test';
import { startOwnServer } from './servers/start-own-server';

/** The MariaDB of this machine, installed now if need be; or why there is none. */
export const mariadbHere: Provision<MariadbProgram> = provide(mariadbProgram);

const asRoot = process.getuid?.() === 0 ? ['--user=root'] : [];

/** Starts a MariaDB with the data of a new one. `options` are its own, without `--`; an empty one stands alone. */
export async function startMariadbServer(
  { server, install, args, pluginFolder }: MariadbProgram,
  options: Readonly<Record<string, string>> = {},
  firstStatements?: readonly string[],
): Promise<OwnSqlServer> {
  const superuser = { username: 'superuser', password: randomBytes(24).toString('base64url') };
  return startOwnServer(({ dataFolder, home }) => ({
    engine: 'mariadb',
    create: {
      command: install,
      args: [
        '--no-defaults',
        ...args,
        `--datadir=${dataFolder}`,
        '--auth-root-authentication-method=normal',
        '--skip-test-db',
        ...asRoot,
      ],
    },
    run: { command: server, args: ['--no-defaults', ...args, `--datadir=${dataFolder}`, ...asRoot] },
    options: {
      'bind-address': '127.0.0.1',
      'skip-name-resolve': '',
      'innodb-flush-log-at-trx-commit': '0',
      ...(pluginFolder === undefined ? {} : { 'plugin-dir': pluginFolder }),
      socket: `${home}/s.sock`,
      'pid-file': `${home}/pid`,
      ...options,
    },
    firstStatements: firstStatements ?? [
      `CREATE USER ${superuser.username}@'%' IDENTIFIED BY PASSWORD '${nativeHashOf(superuser.password)}'`,
      `GRANT ALL ON *.* TO ${superuser.username}@'%' WITH GRANT OPTION`,
      `INSERT INTO mysql.proxies_priv VALUES ('%', '${superuser.username}', '', '', 1, '', NOW())`,
      "DELETE FROM mysql.global_priv WHERE User IN ('root', '')",
      'FLUSH PRIVILEGES',
    ],
    superuser,
  }));
}

/** A MariaDB for the contract of database engines. */
export async function mariadbUnderTest(server: SqlServer, close: () => Promise<void>): Promise<AlternatingUnderTest> {
  return sqlUnderTest(server, {
    engine: (options) => new MariadbEngine(options),
    unusedPort: await findFreePort(),
    close,
  });
}
