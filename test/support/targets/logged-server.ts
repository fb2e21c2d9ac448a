import { type UserAccount } from '../../contracts/database-engine';
import { mariadbHere } from '../mariadb-server';
import { mysqlHere } from '../mysql-server';
import { provide, type Provision, whereThere } from '../servers/describe-on';
import { findPostgres } from '../servers/postgres-program';
import { simplePasswordCheckHere, startLoggedMariadb } from './mariadb-logs';
import { startLoggedMysql, validatePassword } from './mysql-logs';
import { passwordcheck, startLoggedPostgres } from './postgres-logs';
import { type TargetServer } from './target-server';

/** A policy about passwords. */
export interface LoggedPolicy {
  readonly install: readonly string[];
  readonly uninstall: readonly string[];
  /** A password that it refuses for a user, where it cannot refuse what Rotor generates. */
  readonly refusedFor?: (username: string) => string;
  /** How a rotation may end: `rotated`, also under another token, or what it fails with. */
  readonly outcomes: readonly string[];
  /** What the server notes when it refuses, by the place. @defaultValue nothing */
  readonly refusal?: { readonly place: string; readonly text: string };
}

/** A server that notes all that it can, and what makes statements fail there. */
export interface LoggedServer {
  readonly target: TargetServer;
  readonly hasSecondPasswords: boolean;
  /** What it has noted, by place. */
  read(): Promise<Record<string, string>>;
  /** By place, what yields what runs now, as `running`. */
  readonly activity: Readonly<Record<string, string>>;
  /** Leaves a value wherever statements are noted; run as the superuser, in one session. */
  plant(value: string): readonly string[];
  /** Makes a user who may look at all users and change none, unseen by any log. */
  createOnlooker(user: UserAccount): Promise<void>;
  /** Keeps the password of a user from being changed until the session ends; run as the superuser. */
  stall(username: string): readonly string[];
  /** Yields the session, as `id`, whose change of a password waits. */
  readonly stalled: string;
  kill(id: number): string;
}

/** A kind of server with all logs on. */
export interface LoggedKind {
  readonly name: string;
  readonly provision: Provision<() => Promise<LoggedServer>>;
  readonly policy: Provision<LoggedPolicy>;
}

/** All of them. */
export const loggedKinds: readonly LoggedKind[] = [
  {
    name: 'PostgreSQL 18',
    provision: { there: () => startLoggedPostgres() },
    policy: { there: passwordcheck },
  },
  {
    name: 'PostgreSQL 15',
    provision: whereThere(
      provide(() => findPostgres(15)),
      (binaries) => () => startLoggedPostgres(binaries),
    ),
    policy: { there: passwordcheck },
  },
  {
    name: 'MySQL 9.7',
    provision: whereThere(mysqlHere, (program) => () => startLoggedMysql(program)),
    policy: { there: validatePassword },
  },
  {
    name: 'MariaDB 10.11',
    provision: whereThere(mariadbHere, (program) => () => startLoggedMariadb(program)),
    policy: simplePasswordCheckHere,
  },
];
