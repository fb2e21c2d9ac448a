import { mariadbHere } from '../mariadb-server';
import { type Provision } from '../servers/describe-on';
import { type MariadbProgram } from '../servers/mariadb-program';
import { type LoggedPolicy, type LoggedServer } from './logged-server';
import { startMariadbTarget } from './mariadb-target';
import { activity, everything, kill, plant, readNoted, stall, stalled, statementTables } from './sql-logs';

/** Refuses every hash, as long as the server wants it to judge passwords that it cannot see. */
const simplePasswordCheck: LoggedPolicy = {
  install: ["INSTALL SONAME 'simple_password_check'"],
  uninstall: ["UNINSTALL SONAME 'simple_password_check'"],
  outcomes: ['TargetMisconfigured'],
};

const hasPlugins = 'there' in mariadbHere && mariadbHere.there.pluginFolder !== undefined;

/** The policy, where this machine has MariaDB's plugins. */
export const simplePasswordCheckHere: Provision<LoggedPolicy> = hasPlugins
  ? { there: simplePasswordCheck }
  : { missing: 'the plugins of MariaDB' };

/** Starts a MariaDB that notes all that it can. */
export async function startLoggedMariadb(program: MariadbProgram): Promise<LoggedServer> {
  const target = await startMariadbTarget(program, { ...everything, 'log-warnings': '9' });
  const { server } = target;
  return {
    target,
    hasSecondPasswords: true,
    read: () => readNoted(server, statementTables),
    activity,
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
