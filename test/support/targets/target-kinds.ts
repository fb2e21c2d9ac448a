import { mariadbHere } from '../mariadb-server';
import { mysqlHere } from '../mysql-server';
import { startPostgresServer } from '../postgres-server';
import { provide, type Provision, whereThere } from '../servers/describe-on';
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
  /** Makes a role without sign-in, `owner_of_<user>`, that a user acts as; run as the superuser. */
  readonly actAsOwner?: (username: string) => readonly string[];
}

const postgres = {
  hasSecondPasswords: false,
  actAsOwner: (username: string): readonly string[] => [
    `CREATE ROLE owner_of_${username} NOLOGIN`,
    `GRANT owner_of_${username} TO ${username}`,
    `ALTER ROLE ${username} SET role = 'owner_of_${username}'`,
  ],
};

/** All of them. */
export const targetKinds: readonly TargetKind[] = [
  {
    name: 'PostgreSQL 18',
    ...postgres,
    provision: { there: async () => new PostgresTarget(await startPostgresServer()) },
  },
  {
    name: 'PostgreSQL 15',
    ...postgres,
    provision: whereThere(
      provide(() => findPostgres(15)),
      (binaries) => async () => new PostgresTarget(await startPostgresServer({}, binaries)),
    ),
  },
  {
    name: 'MySQL 9.7',
    provision: whereThere(mysqlHere, (program) => () => startMysqlTarget(program)),
    hasSecondPasswords: true,
  },
  {
    name: 'MariaDB 10.11',
    provision: whereThere(mariadbHere, (program) => () => startMariadbTarget(program)),
    hasSecondPasswords: true,
  },
];
