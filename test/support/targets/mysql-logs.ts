import { type MysqlProgram } from '../servers/mysql-program';
import { type LoggedPolicy, type LoggedServer } from './logged-server';
import { startMysqlTarget } from './mysql-target';
import { activity, everything, kill, plant, readNoted, stall, stalled, statementTables } from './sql-logs';

const tables = [...statementTables, 'performance_schema.events_statements_summary_by_digest'];

const threads =
  'SELECT processlist_info AS running FROM performance_schema.threads WHERE processlist_info <> "" AND processlist_id <> CONNECTION_ID()';

/** Judges only what it is shown, which a hash is not. */
export const validatePassword: LoggedPolicy = {
  install: ["INSTALL COMPONENT 'file://component_validate_password'", 'SET GLOBAL validate_password.length = 100'],
  uninstall: ["UNINSTALL COMPONENT 'file://component_validate_password'"],
  outcomes: ['rotated'],
};

/** Starts a MySQL that notes all that it can. */
export async function startLoggedMysql(program: MysqlProgram): Promise<LoggedServer> {
  const target = await startMysqlTarget(program, { ...everything, 'enable-log-bin': '', 'log-error-verbosity': '3' });
  const { server } = target;
  return {
    target,
    hasSecondPasswords: true,
    read: () => readNoted(server, tables),
    activity: { ...activity, 'performance_schema.threads': threads },
    plant,
    createOnlooker: async ({ username, password }) => {
      await target.createApplication({ username, password, table: username });
      await server.sql(`GRANT SELECT ON mysql.* TO ${username}`);
    },
    stall,
    stalled,
    kill,
  };
}
