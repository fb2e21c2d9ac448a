import { isScramVerifier } from './scram-verifier';

/** The longest name that PostgreSQL keeps, in bytes. It cuts a longer one without an error, and so names another role. */
export const maxNameBytes = 63;

/** How long the server lets a statement wait for a lock. */
export const lockTimeoutMs = 5_000;

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

/** A text as a literal. The escape form means the same whatever standard_conforming_strings says. */
export function quoteLiteral(text: string): string {
  return `E'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}

/** The server's own number for the session. */
const backendPid = 'pg_catalog.pg_backend_pid() AS "backendPid"';

/** What {@link readSessionFacts} answers. */
export interface SessionFacts {
  readonly backendPid: number;
  readonly sessionUser: string;
  readonly currentUser: string;
  /** Null before PostgreSQL 16. */
  readonly scramIterations: string | null;
  /** The role by whose membership the user signs in without its password, on Amazon RDS; else null. */
  readonly passwordlessBy: string | null;
}

/**
 * Tells who the session is and what the user is. Every function and operator is named with its schema, because the
 * search_path of the role may lead elsewhere.
 */
export function readSessionFacts(username: string): string {
  return `SELECT ${backendPid}, session_user AS "sessionUser", current_user AS "currentUser",
  pg_catalog.current_setting('scram_iterations', true) AS "scramIterations",
  (SELECT rolname FROM pg_catalog.pg_roles
    WHERE rolname OPERATOR(pg_catalog.=) ANY ('{rds_iam,rds_ad}'::pg_catalog.name[])
      AND pg_catalog.pg_has_role(${quoteLiteral(username)}::pg_catalog.name, oid, 'MEMBER') LIMIT 1) AS "passwordlessBy"`;
}

/** Lets the server drop the statement of a client that vanished, so that it does not land late. */
const noticeLostClient = setLocally('client_connection_check_interval', '1000');

/**
 * Yields a row where the server can do {@link ChangeStatement.noticesLostClient}; before PostgreSQL 14, and on some
 * systems, it cannot. Leaves no trace.
 */
export const tryNoticeLostClient = `SELECT ${noticeLostClient}`;

/** Who the session is: {@link SessionFacts} without the rest. */
export const readSessionUser = `SELECT ${backendPid}, session_user AS "sessionUser", current_user AS "currentUser"`;

/** By whom the session is served, and nothing else. */
export const readBackend = `SELECT ${backendPid}`;

/** Made when a server's data are, and the same for its standbys. An ordinary user may read it. */
export const readServerId = `SELECT ${backendPid}, system_identifier::pg_catalog.text AS "serverId"
  FROM pg_catalog.pg_control_system()`;

/** How the server authenticated the session; PostgreSQL 16 and later know, older ones refuse with 42703. */
export const readSystemUser = 'SELECT SYSTEM_USER AS "systemUser"';

/** The role to give a password, and the verifier to give it. */
export interface PasswordStatement {
  readonly username: string;
  readonly verifier: string;
}

/** A password statement, and what its transaction needs. */
export interface ChangeStatement extends PasswordStatement {
  readonly noticesLostClient: boolean;
  /** Whether to leave the role that `ALTER ROLE … SET role` put the session into, and act as the user that signed in. */
  readonly leavesRole: boolean;
}

/**
 * Gives a role a password in one message, which is one transaction. The limits hold on the server's side, where they
 * hold also when the client has gone, and for this transaction only: a pooler may give the session to others.
 */
export function changeRolePassword({ noticesLostClient, leavesRole, ...statement }: ChangeStatement): string {
  const settings = [
    setLocally('lock_timeout', String(lockTimeoutMs)),
    setLocally('statement_timeout', String(statementTimeoutMs)),
    ...(noticesLostClient ? [noticeLostClient] : []),
    ...(leavesRole ? [setLocally('role', 'none')] : []),
  ];
  return `SELECT ${settings.join(', ')}; ${alterRolePassword(statement)}`;
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

/** Sets a setting until the transaction ends: an expression for a SELECT. Both texts are Rotor's own. */
export function setLocally(name: string, value: string): string {
  return `pg_catalog.set_config('${name}', '${value}', true)`;
}
