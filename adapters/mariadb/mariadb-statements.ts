import { isNativeHash } from '../mysql2/native-hash';
import { type Account, quoteAccount, quoteText } from '../mysql2/quoting';
import { type Authentication, nativeAuthentication, renderAuthentications } from './authentication-list';

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
