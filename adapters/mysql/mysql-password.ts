import { type AccountChange } from '../mysql2/dialect';
import { type Mysql2Session } from '../mysql2/mysql2-session';
import { nativeHash } from '../mysql2/native-hash';
import { quoteAccount } from '../mysql2/quoting';
import { cachingSha2Hash, leastRounds, mostRounds } from './caching-sha2-hash';
import { type PasswordAccount } from './mysql-account';
import { alterOwnPassword, alterPasswordHash, type HashStatement, readHashRounds } from './mysql-statements';

const noPrivilege = 1227;
const currentPasswordWanted = 3892;

/** Gives an account a password, and ends a second one that it may have. Needs CREATE USER. */
export async function setByHash(session: Mysql2Session, change: AccountChange<PasswordAccount>): Promise<void> {
  await session.change(await byHash(session, change));
}

/**
 * Gives the session's own account a password, by a hash where the server takes one.
 *
 * @returns what the operator should know, where a second password may be left that the user can neither see nor end.
 */
export async function changeOwnPassword(
  session: Mysql2Session,
  change: AccountChange<PasswordAccount>,
): Promise<string | undefined> {
  const refusal = await session.attempt({ text: await byHash(session, change), refusals: [noPrivilege] });
  if (refusal === undefined) return undefined;
  const { discardedOld } = await changeInClear(session, change);
  return discardedOld ? undefined : mayHaveTwo(change.account);
}

async function byHash(session: Mysql2Session, change: AccountChange<PasswordAccount>): Promise<string> {
  return alterPasswordHash(await hashStatement(session, change));
}

/** A password as the account's plugin keeps it. */
export async function hashStatement(
  session: Mysql2Session,
  { account, newPassword }: AccountChange<PasswordAccount>,
): Promise<HashStatement> {
  const { plugin } = account;
  const hash =
    plugin === 'mysql_native_password'
      ? nativeHash(newPassword)
      : await cachingSha2Hash({ password: newPassword, rounds: await hashRounds(session) });
  return { account, plugin, hash };
}

/** As many as the server would use itself, so that its own setting holds for what is set here too. */
async function hashRounds(session: Mysql2Session): Promise<number> {
  const [row] = await session.read<{ Value: string }>(readHashRounds);
  const rounds = Math.min(Math.max(leastRounds, Number(row?.Value ?? 0)), mostRounds);
  return rounds - (rounds % 1_000);
}

/** What the server takes from this user is found by asking: first for all of it, then for less. */
async function changeInClear(
  session: Mysql2Session,
  change: AccountChange<PasswordAccount>,
): Promise<{ discardedOld: boolean }> {
  const newPassword = change.newPassword.reveal();
  let discardOld = true;
  let currentPassword: string | undefined;
  for (;;) {
    const text = alterOwnPassword({ account: change.account, newPassword, currentPassword, discardOld });
    const refusal = await session.attempt({ text, refusals: refusalsLeft({ discardOld, currentPassword }) });
    if (refusal === undefined) return { discardedOld: discardOld };
    if (refusal === noPrivilege) discardOld = false;
    else currentPassword = session.credential.password.reveal();
  }
}

function refusalsLeft(form: { discardOld: boolean; currentPassword: string | undefined }): number[] {
  return [
    ...(form.discardOld ? [noPrivilege] : []),
    ...(form.currentPassword === undefined ? [currentPasswordWanted] : []),
  ];
}

function mayHaveTwo(account: PasswordAccount): string {
  const user = quoteAccount(account);
  return `${user} changed its own password, but may not end a second one that an earlier RETAIN CURRENT PASSWORD may have left. Run: ALTER USER ${user} DISCARD OLD PASSWORD; and, so that Rotor can: GRANT APPLICATION_PASSWORD_ADMIN ON *.* TO ${user}`;
}
