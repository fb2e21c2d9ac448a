import { type Account, type HashStatement, hashLiteral, quoteAccount, quoteText } from './mysql-statements';

/** Which of two passwords the server takes, found by signing in. */
export interface DualState {
  readonly newSignsIn: boolean;
  readonly oldSignsIn: boolean;
}

/** What to do so that both passwords sign in. */
export type DualStep = 'nothing' | 'retain' | 'refuse';

/**
 * What may be done to add a password beside the old one. `RETAIN CURRENT PASSWORD` is sent once, when the new one fails
 * and the old one works: sent again it would keep the new one twice and throw the old one away.
 */
export function nextDualStep({ newSignsIn, oldSignsIn }: DualState): DualStep {
  if (newSignsIn) return 'nothing';
  return oldSignsIn ? 'retain' : 'refuse';
}

/**
 * Makes a password the account's first, and the one that was first its second; one that was second ends. **Never to be
 * repeated** without signing in before. Needs CREATE USER; MySQL refuses it with a change of the plugin (3894), for an
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
