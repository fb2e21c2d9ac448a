import { type Authentication, nativeAuthentication, renderAuthentications } from './authentication-list';
import { isNativeHash } from './native-hash';

/** The longest user name, in characters. */
export const maxUsernameCharacters = 128;

/** The longest host part of an account, in characters. */
const maxHostCharacters = 255;

const lockTimeoutSeconds = 5;

/** How long the server itself lets one statement run. */
export const statementTimeoutMs = 15_000;

/** What MariaDB calls an account: a name and where it may come from. The same name at another host is another account. */
export interface Account {
  readonly username: string;
  readonly host: string;
}

/**
 * A name as MariaDB's own quoted identifier, whatever `sql_mode` says.
 *
 * @throws TypeError for a name that MariaDB would refuse; callers have told the user before.
 */
export function quoteIdentifier(name: string, maxCharacters = maxUsernameCharacters): string {
  if (name === '' || name.includes('\0') || Array.from(name).length > maxCharacters) {
    throw new TypeError(`A name that is empty, holds NUL or has more than ${maxCharacters} characters is not quoted.`);
  }
  return `\`${name.replaceAll('`', '``')}\``;
}

/** An account as MariaDB writes it: both parts quoted. */
export function quoteAccount({ username, host }: Account): string {
  return `${quoteIdentifier(username)}@${quoteIdentifier(host, maxHostCharacters)}`;
}

/**
 * A text as a literal. Right only after {@link boundSession}, under which a backslash is a character like any other and
 * a quote is doubled.
 *
 * @throws TypeError for a text with NUL.
 */
export function quoteText(text: string): string {
  if (text.includes('\0')) throw new TypeError('A text with NUL cannot be quoted.');
  return `'${text.replaceAll("'", "''")}'`;
}

/**
 * Bounds what follows on the server's side, where it holds also when the client has gone, and settles how literals are
 * read. The wait for a backup's lock is not bounded as one for a lock, but as a statement.
 */
export const boundSession = `SET SESSION sql_mode = 'NO_BACKSLASH_ESCAPES', lock_wait_timeout = ${lockTimeoutSeconds},
  innodb_lock_wait_timeout = ${lockTimeoutSeconds}, max_statement_time = ${statementTimeoutMs / 1_000}`;

/** The account that the server made of the session: `name@host`, where the name is empty if it checked nothing. */
export const readOwnAccount = 'SELECT CURRENT_USER() AS account';

/** How the session's own account is set up; needs no privilege. */
export const showOwnAccount = 'SHOW CREATE USER CURRENT_USER()';

/** How another account is set up; needs SELECT on the schema `mysql`. */
export function showAccount(account: Account): string {
  return `SHOW CREATE USER ${quoteAccount(account)}`;
}

/** All accounts of a user, roles left out. */
export function readAccounts(username: string): string {
  return `SELECT Host AS host FROM mysql.user WHERE BINARY User = ${quoteText(username)} AND is_role = 'N' ORDER BY Host`;
}

/**
 * Gives the session's own account a password by its hash; needs no privilege. Of several ways to sign in it changes the
 * first alone.
 *
 * @throws TypeError for a text that is no hash.
 */
export function setOwnPassword(hash: string): string {
  if (!isNativeHash(hash)) throw new TypeError('Not a hash of mysql_native_password: it is not sent.');
  return `SET PASSWORD = '${hash}'`;
}

/** Creates an account with a password. The server refuses one that exists: 1396. */
export function createAccount({ account, hash }: { readonly account: Account; readonly hash: string }): string {
  return `CREATE USER ${quoteAccount(account)} ${renderAuthentications([nativeAuthentication(hash)])}`;
}

/** An account, and all the ways in which it may sign in from now on. */
export interface AuthenticationStatement {
  readonly account: Account;
  readonly authentications: readonly Authentication[];
}

/** States all the ways in which an account may sign in; those not named end. Needs CREATE USER, for one's own account too. */
export function alterAuthentications({ account, authentications }: AuthenticationStatement): string {
  return `ALTER USER ${quoteAccount(account)} ${renderAuthentications(authentications)}`;
}
