import { startMariadbServer } from '../mariadb-server';
import { type MariadbProgram } from '../servers/mariadb-program';
import { nativeHashOf } from '../servers/native-hash-of';
import { sqlRights, SqlTarget } from './sql-target';
import { type RightsStatements } from './target-server';

/** MariaDB has sequences besides columns that count by themselves. */
const rights: RightsStatements = {
  ...sqlRights,
  grant: ({ username, id }) => [
    ...sqlRights.grant({ username, id }),
    `CREATE SEQUENCE counter_${id}`,
    `GRANT SELECT, INSERT ON counter_${id} TO ${username}`,
  ],
  useGranted: (id) => [...sqlRights.useGranted(id), `SELECT NEXTVAL(counter_${id})`],
};

/** Starts a MariaDB whose users are rotated. It logs statements as they are, so it is told hashes. */
export async function startMariadbTarget(
  program: MariadbProgram,
  options: Readonly<Record<string, string>> = {},
): Promise<SqlTarget> {
  return SqlTarget.on(await startMariadbServer(program, options), {
    rights,
    identifiedBy: (password) => `BY PASSWORD '${nativeHashOf(password)}'`,
  });
}
