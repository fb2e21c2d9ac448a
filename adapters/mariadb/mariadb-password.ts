import { type Sensitive } from '../../rotation/sensitive';
import { withOnePassword, withTwoPasswords } from './authentication-list';
import { type PasswordAccount } from './mariadb-account';
import { type MariadbSession } from './mariadb-session';
import { alterAuthentications, setOwnPassword } from './mariadb-statements';
import { nativeHash } from './native-hash';

/** An account, and the password to give it. */
export interface AccountChange {
  readonly account: PasswordAccount;
  readonly newPassword: Sensitive;
}

/** Gives another account one password instead of all that it has; ways to sign in without one stay. */
export async function changePasswordOf(session: MariadbSession, change: AccountChange): Promise<void> {
  await session.change(onePassword(change));
}

/**
 * Gives the session's own account one password instead of all that it has. Where it has no other way to sign in than its
 * password it needs no privilege; else `SET PASSWORD` would leave the others alive, or fail and change one all the same.
 */
export async function changeOwnPassword(session: MariadbSession, change: AccountChange): Promise<void> {
  const isAlone = change.account.authentications.length === 1;
  await session.change(isAlone ? setOwnPassword(nativeHash(change.newPassword)) : onePassword(change));
}

/** An account's new password, and the one that goes on working beside it. */
export interface DualChange extends AccountChange {
  readonly alsoKeep: Sensitive;
}

/** Gives an account two passwords in place of all that it has, in one statement. Needs CREATE USER, for one's own too. */
export async function setTwoPasswords(
  session: MariadbSession,
  { account, newPassword, alsoKeep }: DualChange,
): Promise<void> {
  const passwords = { newHash: nativeHash(newPassword), oldHash: nativeHash(alsoKeep) };
  const authentications = withTwoPasswords(account.authentications, passwords);
  await session.change(alterAuthentications({ account, authentications }));
}

function onePassword({ account, newPassword }: AccountChange): string {
  const authentications = withOnePassword(account.authentications, nativeHash(newPassword));
  return alterAuthentications({ account, authentications });
}
