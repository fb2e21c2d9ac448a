import { startMysqlServer } from '../mysql-server';
import { type MysqlProgram } from '../servers/mysql-program';
import { sqlRights, SqlTarget } from './sql-target';

/** Starts a MySQL whose users are rotated. It keeps passwords out of its logs by itself. */
export async function startMysqlTarget(
  program: MysqlProgram,
  options: Readonly<Record<string, string>> = {},
): Promise<SqlTarget> {
  return SqlTarget.on(await startMysqlServer(program, options), {
    rights: sqlRights,
    identifiedBy: (password) => `BY '${password}'`,
  });
}
