import { type AccountChange, type DualChange } from '../mysql2/dialect';
import { type Mysql2Session } from '../mysql2/mysql2-session';
import { nativeHash } from '../mysql2/native-hash';
import { nativePlugin, withOnePassword, withTwoPasswords } from './authentication-list';
import { type PasswordAccount } from './mariadb-account';
import { alterAuthentications, setOwnPassword } from './mariadb-statements';

/**
 * Gives an account one password instead of all that it has; ways to sign in without one stay. The session's own, where it
 * has no other way to sign in than its password, needs no privilege for it; else `SET PASSWORD` would leave the others
 * alive, or fail and change one all the same.
 */
export async function setOnePassword(
  session: Mysql2Session,
  { account, newPassword }: AccountChange<PasswordAccount>,
): Promise<void> {
  const hash = nativeHash(newPassword);
  const isOwn = session.credential.username === account.username;
  if (isOwn && account.authentications.length === 1) {
    await session.change(setOwnPassword(hash));
  } else {
    const authentications = withOnePassword(account.authentications, hash);
    await session.change(alterAuthentications({ account, authentications }));
  }
}

/** Gives an account two passwords in place of all that it has, in one statement. Needs CREATE USER, for one's own too. */
export async function setTwoPasswords(
  session: Mysql2Session,
  { account, newPassword, alsoKeep }: DualChange<PasswordAccount>,
): Promise<void> {
  const passwords = { newHash: nativeHash(newPassword), oldHash: nativeHash(alsoKeep) };
  const authentications = withTwoPasswords(account.authentications, passwords);
  await session.change(alterAuthentications({ account, authentications }));
}

/** Whether an account has this password and no other. */
export function hasOnlyPassword({ account, newPassword }: AccountChange<PasswordAccount>): boolean {
  const hashes = account.authentications.flatMap(({ plugin, using }) => (plugin === nativePlugin ? [using] : []));
  return hashes.length === 1 && hashes[0] === nativeHash(newPassword);
}
