import { type AccountChange, type DualChange } from '../mysql2/dialect';
import { type Mysql2Session } from '../mysql2/mysql2-session';
import { nativeHash } from '../mysql2/native-hash';
import { type Account, quoteAccount, quoteText } from '../mysql2/quoting';
import { isCachingSha2HashOf } from './caching-sha2-hash';
import { type PasswordAccount } from './mysql-account';
import { hashStatement } from './mysql-password';
import { type HashStatement, hashLiteral } from './mysql-statements';

/**
 * Gives an account two passwords in place of all that it has. The one to keep is made the first, which leaves a second as
 * it is, and then the second: it works at every moment. Not for two that sign in already: nothing is left to do then.
 * Needs CREATE USER.
 */
export async function setTwoPasswords(
  session: Mysql2Session,
  { account, newPassword, alsoKeep }: DualChange<PasswordAccount>,
): Promise<void> {
  const kept = await hashStatement(session, { account, newPassword: alsoKeep });
  const added = await hashStatement(session, { account, newPassword });
  await session.change(makeFirstPassword(kept));
  await session.change(retainCurrentPassword(added));
}

/** Makes a password the account's first; a second stays. Repeating it changes nothing. */
function makeFirstPassword({ account, plugin, hash }: HashStatement): string {
  return `ALTER USER ${quoteAccount(account)} IDENTIFIED WITH ${plugin} AS ${hashLiteral(plugin, hash)}`;
}

/**
 * Makes a password the account's first, and the one that was first its second; one that was second ends. Repeated, it
 * keeps the new one twice. Needs CREATE USER; MySQL refuses it with a change of the plugin (3894), for an
 * empty current password (3878) and for an empty new one (3895).
 */
export function retainCurrentPassword({ account, plugin, hash }: HashStatement): string {
  return `ALTER USER ${quoteAccount(account)} IDENTIFIED WITH ${plugin} AS ${hashLiteral(plugin, hash)} RETAIN CURRENT PASSWORD`;
}

/** How an account keeps its passwords. */
interface Stored {
  /** In hexadecimal digits: a salt is not always text. */
  readonly hash: string;
  readonly hasSecond: number;
}

/**
 * Whether an account has this password and no other. The hash tells: to try it by signing in would count as
 * a wrong password where it is none, and may lock the account.
 */
export async function hasOnlyPassword(
  session: Mysql2Session,
  { account, newPassword }: AccountChange<PasswordAccount>,
): Promise<boolean> {
  const [row] = await session.read<Stored>(readStored(account));
  if (row?.hasSecond !== 0) return false;
  const hash = Buffer.from(row.hash, 'hex').toString('latin1');
  if (account.plugin === 'mysql_native_password') return hash === nativeHash(newPassword);
  return isCachingSha2HashOf(hash, newPassword);
}

/** How an account keeps its passwords. Needs SELECT on `mysql.user`; `SHOW CREATE USER` does not tell of a second. */
export function readStored({ username, host }: Account): string {
  return `SELECT HEX(authentication_string) AS hash,
    JSON_CONTAINS_PATH(COALESCE(User_attributes, '{}'), 'one', '$.additional_password') AS hasSecond
    FROM mysql.user WHERE BINARY User = ${quoteText(username)} AND Host = ${quoteText(host)}`;
}
