import { isCachingSha2Hash } from './caching-sha2-hash';
import { isNativeHash } from './native-hash';

/** The longest user name, in characters. */
export const maxUsernameCharacters = 32;

/** The longest host part of an account, in characters. */
const maxHostCharacters = 255;

const lockTimeoutSeconds = 5;

/** How long the server itself lets one statement run. */
export const statementTimeoutMs = 15_000;

/** What MySQL calls an account: a name and where it may come from. The same name at another host is another account. */
export interface Account {
  readonly username: string;
  readonly host: string;
}

/** The ways to keep a password that Rotor computes hashes for. */
export type PasswordPlugin = 'caching_sha2_password' | 'mysql_native_password';

/**
 * A name as MySQL's own quoted identifier, whatever `sql_mode` says.
 *
 * @throws TypeError for a name that MySQL would refuse; callers have told the user before.
 */
export function quoteIdentifier(name: string, maxCharacters = maxUsernameCharacters): string {
  if (name === '' || name.includes('\0') || Array.from(name).length > maxCharacters) {
    throw new TypeError(`A name that is empty, holds NUL or has more than ${maxCharacters} characters is not quoted.`);
  }
  return `\`${name.replaceAll('`', '``')}\``;
}

/** An account as MySQL writes it: both parts quoted. */
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
 * Bounds what follows on the server's side, where it holds also when the client has gone (waiting for a lock lasts a year
 * otherwise), and settles how literals are read and hashes are shown.
 */
export const boundSession = `SET SESSION sql_mode = 'NO_BACKSLASH_ESCAPES', lock_wait_timeout = ${lockTimeoutSeconds},
  innodb_lock_wait_timeout = ${lockTimeoutSeconds}, max_execution_time = ${statementTimeoutMs}`;

/** The account that the server made of the session: `name@host`, where the name is empty if it checked nothing. */
export const readOwnAccount = 'SELECT CURRENT_USER() AS account';

/** How the session's own account is set up; needs no privilege. */
export const showOwnAccount = 'SHOW CREATE USER CURRENT_USER()';

/** How many rounds the server itself would hash with; no row before MySQL 8.0.24. */
export const readHashRounds = `SHOW GLOBAL VARIABLES WHERE Variable_name = 'caching_sha2_password_digest_rounds'`;

/** All accounts of a user, with the plugin that keeps the password of each. */
export function readAccounts(username: string): string {
  return `SELECT Host AS host, plugin FROM mysql.user WHERE BINARY User = ${quoteText(username)} ORDER BY Host`;
}

/** The account to give a password, how it keeps one, and what to keep. */
export interface HashStatement {
  readonly account: Account;
  readonly plugin: PasswordPlugin;
  readonly hash: string;
}

/**
 * A hash as a literal that MySQL takes whatever `sql_mode` says.
 *
 * @throws TypeError for a text that the plugin would not take for a hash.
 */
export function hashLiteral(plugin: PasswordPlugin, hash: string): string {
  const isHash = plugin === 'caching_sha2_password' ? isCachingSha2Hash : isNativeHash;
  if (!isHash(hash)) throw new TypeError(`Not a hash of ${plugin}: it is not sent.`);
  return `0x${Buffer.from(hash, 'latin1').toString('hex').toUpperCase()}`;
}

/**
 * Gives an account a password by its hash, and ends a second one that `RETAIN CURRENT PASSWORD` left: both or neither.
 * Needs CREATE USER, for one's own account too.
 */
export function alterPasswordHash({ account, plugin, hash }: HashStatement): string {
  const user = quoteAccount(account);
  return `ALTER USER ${user} IDENTIFIED WITH ${plugin} AS ${hashLiteral(plugin, hash)}, ${user} DISCARD OLD PASSWORD`;
}

/** One's own account, and the password to give it. */
export interface ClearStatement {
  readonly account: Account;
  readonly newPassword: string;
  /** The one to replace, for an account with `PASSWORD REQUIRE CURRENT`. */
  readonly currentPassword?: string | undefined;
  /** Whether to end a second password as well, which needs APPLICATION_PASSWORD_ADMIN. */
  readonly discardOld: boolean;
}

/**
 * Gives one's own account a password: the only form that MySQL takes from a user without CREATE USER. The server keeps
 * what is in it out of its logs and tables, as `<secret>`.
 */
export function alterOwnPassword({ account, newPassword, currentPassword, discardOld }: ClearStatement): string {
  const user = quoteAccount(account);
  const replace = currentPassword === undefined ? '' : ` REPLACE ${quoteText(currentPassword)}`;
  const discard = discardOld ? `, ${user} DISCARD OLD PASSWORD` : '';
  return `ALTER USER ${user} IDENTIFIED BY ${quoteText(newPassword)}${replace}${discard}`;
}
