import { mariadbHere } from '../mariadb-server';
import { mysqlHere } from '../mysql-server';
import { startPostgresServer } from '../postgres-server';
import { provide, type Provision } from '../servers/describe-on';
import { findPostgres } from '../servers/postgres-program';
import { startMariadbTarget } from './mariadb-target';
import { startMysqlTarget } from './mysql-target';
import { PostgresTarget } from './postgres-target';
import { type TargetServer } from './target-server';

/** A kind of server that whole rotations are tried on. */
export interface TargetKind {
  readonly name: string;
  readonly provision: Provision<() => Promise<TargetServer>>;
  /** Whether a user can have two passwords. */
  readonly hasSecondPasswords: boolean;
  /** Whether a user may change its own password by a hash. */
  readonly changesOwnPassword: boolean;
}

/** All of them. */
export const targetKinds: readonly TargetKind[] = [
  {
    name: 'PostgreSQL 18',
    provision: { there: async () => new PostgresTarget(await startPostgresServer()) },
    hasSecondPasswords: false,
    changesOwnPassword: true,
  },
  {
    name: 'PostgreSQL 15',
    provision: starting(
      provide(() => findPostgres(15)),
      async (binaries) => new PostgresTarget(await startPostgresServer({}, binaries)),
    ),
    hasSecondPasswords: false,
    changesOwnPassword: true,
  },
  {
    name: 'MySQL 9.7',
    provision: starting(mysqlHere, (program) => startMysqlTarget(program)),
    hasSecondPasswords: true,
    changesOwnPassword: false,
  },
  {
    name: 'MariaDB 10.11',
    provision: starting(mariadbHere, (program) => startMariadbTarget(program)),
    hasSecondPasswords: true,
    changesOwnPassword: true,
  },
];

/** How a server is started, where its program is there. */
function starting<Program>(
  provision: Provision<Program>,
  start: (program: Program) => Promise<TargetServer>,
): Provision<() => Promise<TargetServer>> {
  return 'there' in provision ? { there: () => start(provision.there) } : provision;
}
