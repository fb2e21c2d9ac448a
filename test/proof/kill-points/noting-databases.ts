import { startMariadbServer } from '../../support/mariadb-server';
import { startMysqlServer } from '../../support/mysql-server';
import { startPostgresServer } from '../../support/postgres-server';
import { type MariadbProgram } from '../../support/servers/mariadb-program';
import { type MysqlProgram } from '../../support/servers/mysql-program';
import { type OwnSqlServer } from '../../support/servers/sql-server';
import { type Way } from '../course';
import { type DatabasePlace } from '../ground/ground';
import { postgresPlace } from '../ground/postgres-ground';
import { mariadbPlace, mysqlPlace } from '../ground/sql-grounds';

/** A database server that notes the statements by which passwords are set. */
export interface NotingDatabase {
  readonly place: DatabasePlace;
  /** Every such statement so far, with who ran it and whose password it sets. */
  noted(): Promise<readonly string[]>;
  stop(): Promise<void>;
}

/** Such a server before it runs. */
export interface NotingPlan {
  readonly name: string;
  readonly hasSecondPasswords: boolean;
  /** The ways to rotate of the short form: those of no server that starts sooner. */
  readonly inShort: readonly Way['title'][];
  readonly start: () => Promise<NotingDatabase>;
}

/** PostgreSQL, as the product brings it. */
export const notingPostgres: NotingPlan = {
  name: 'PostgreSQL',
  hasSecondPasswords: false,
  inShort: ['single-user', 'alternating-users'],
  start: async () => {
    const server = await startPostgresServer({ log_statement: 'ddl' });
    return {
      place: postgresPlace(server),
      noted: async () => (await server.log()).match(/(ALTER|CREATE) ROLE \S+ [^;]*PASSWORD 'SCRAM/g) ?? [],
      stop: () => server.stop(),
    };
  },
};

/** A MySQL of this machine. */
export function notingMysql(program: MysqlProgram): NotingPlan {
  return { name: 'MySQL', ...second, start: async () => noticing(await startMysqlServer(program, noting), mysqlPlace) };
}

/** A MariaDB of this machine. */
export function notingMariadb(program: MariadbProgram): NotingPlan {
  const start = async (): Promise<NotingDatabase> => noticing(await startMariadbServer(program, noting), mariadbPlace);
  return { name: 'MariaDB', ...second, start };
}

const second = { hasSecondPasswords: true, inShort: ['multiple-credentials'] } as const;
const noting = { 'general-log': 'ON', 'log-output': 'TABLE' };

function noticing(server: OwnSqlServer, placeOf: (server: OwnSqlServer) => DatabasePlace): NotingDatabase {
  const setsPassword = `CAST(argument AS CHAR) REGEXP '^(SET PASSWORD|(ALTER|CREATE) USER .* IDENTIFIED)'`;
  const text = `SELECT CONCAT(user_host, ' ', argument) AS text FROM mysql.general_log WHERE ${setsPassword}`;
  return {
    place: placeOf(server),
    noted: async () => (await server.sql<{ text: string | Buffer }>(text)).map((row) => row.text.toString()),
    stop: () => server.stop(),
  };
}
