import { isNativeHash } from '../mysql2/native-hash';
import { type Account, quoteAccount, quoteText } from '../mysql2/quoting';
import { isCachingSha2Hash } from './caching-sha2-hash';

/** The ways to keep a password that Rotor computes hashes for. */
export type PasswordPlugin = 'caching_sha2_password' | 'mysql_native_password';

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
