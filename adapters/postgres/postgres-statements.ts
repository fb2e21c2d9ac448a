import { isScramVerifier } from './scram-verifier';

/** The longest name that PostgreSQL keeps, in bytes. It cuts a longer one without an error, and so names another role. */
export const maxNameBytes = 63;

const lockTimeoutMs = 5_000;

/** How long the server itself lets one statement run. */
export const statementTimeoutMs = 15_000;

/**
 * A name as PostgreSQL's own quoted identifier.
 *
 * @throws TypeError for a name that PostgreSQL would refuse or cut; callers have told the user before.
 */
export function quoteIdentifier(name: string): string {
  if (name === '' || name.includes('\0') || Buffer.byteLength(name) > maxNameBytes) {
    throw new TypeError('A name that is empty, holds NUL or is longer than 63 bytes cannot be quoted.');
  }
  return `"${name.replaceAll('"', '""')}"`;
}

/** What {@link startChange} answers. */
export interface SessionFacts {
  readonly sessionUser: string;
  readonly currentUser: string;
  /** Null before PostgreSQL 16. */
  readonly scramIterations: string | null;
  /** The role by whose membership the user signs in without its password, on Amazon RDS; else null. */
  readonly passwordlessBy: string | null;
}

/**
 * Bounds what follows on the server's side, where it holds also when the client has gone, and tells who the session is
 * and what the user `$1` is. Every function is named with its schema, because the role's search_path may lead elsewhere.
 */
export const startChange = `SELECT session_user AS "sessionUser", current_user AS "currentUser",
  pg_catalog.current_setting('scram_iterations', true) AS "scramIterations",
  (SELECT rolname FROM pg_catalog.pg_roles
    WHERE rolname OPERATOR(pg_catalog.=) ANY ('{rds_iam,rds_ad}'::pg_catalog.name[])
      AND pg_catalog.pg_has_role($1::pg_catalog.name, oid, 'MEMBER') LIMIT 1) AS "passwordlessBy",
  pg_catalog.set_config('lock_timeout', '${lockTimeoutMs}', false),
  pg_catalog.set_config('statement_timeout', '${statementTimeoutMs}', false)`;

/**
 * Lets the server drop the statement of a client that vanished, so that it does not land late. Before PostgreSQL 14, and
 * on some systems, there is no such setting.
 */
export const noticeLostClient = `SELECT pg_catalog.set_config('client_connection_check_interval', '1000', false)`;

/** Leaves the role that `ALTER ROLE … SET role` put the session into: a user changes its password as itself. */
export const leaveConfiguredRole = `SELECT pg_catalog.set_config('role', 'none', false)`;

/** Who the session is: {@link SessionFacts} without the rest. */
export const readSessionUser = 'SELECT session_user AS "sessionUser"';

/** How the server authenticated the session; PostgreSQL 16 and later know, older ones refuse with 42703. */
export const readSystemUser = 'SELECT SYSTEM_USER AS "systemUser"';

/** The role to give a password, and the verifier to give it. */
export interface PasswordStatement {
  readonly username: string;
  readonly verifier: string;
}

/**
 * Gives a role a password by its verifier. The role is named: `CURRENT_USER` may be another one.
 *
 * @throws TypeError for a text that PostgreSQL would not read as a verifier.
 */
export function alterRolePassword({ username, verifier }: PasswordStatement): string {
  if (!isScramVerifier(verifier)) throw new TypeError('Not a SCRAM-SHA-256 verifier: it is not sent.');
  return `ALTER ROLE ${quoteIdentifier(username)} PASSWORD '${verifier}'`;
}
