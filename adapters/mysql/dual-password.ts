import { type Sensitive } from '../../rotation/sensitive';
import { type AccountChange, hashStatement } from './mysql-password';
import { type MysqlSession } from './mysql-session';
import { type Account, type HashStatement, hashLiteral, quoteAccount, quoteText } from './mysql-statements';

/** An account's new password, and the one that goes on working beside it. */
export interface DualChange extends AccountChange {
  readonly alsoKeep: Sensitive;
}

/**
 * Gives an account two passwords in place of all that it has. The one to keep is made the first, which leaves a second as
 * it is, and then the second: it works at every moment. Not for two that sign in already: nothing is left to do then.
 * Needs CREATE USER.
 */
export async function setTwoPasswords(
  session: MysqlSession,
  { account, newPassword, alsoKeep }: DualChange,
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

/** Ends the second password, if there is one. Repeating it changes nothing. Needs APPLICATION_PASSWORD_ADMIN or CREATE USER. */
export function discardOldPassword(account: Account): string {
  return `ALTER USER ${quoteAccount(account)} DISCARD OLD PASSWORD`;
}

/** Whether an account has a second password. Needs SELECT on `mysql.user`; `SHOW CREATE USER` does not tell. */
export function readHasSecond({ username, host }: Account): string {
  return `SELECT JSON_CONTAINS_PATH(COALESCE(User_attributes, '{}'), 'one', '$.additional_password') AS hasSecond
    FROM mysql.user WHERE BINARY User = ${quoteText(username)} AND Host = ${quoteText(host)}`;
}
