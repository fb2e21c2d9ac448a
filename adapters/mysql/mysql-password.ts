import { type Sensitive } from '../../rotation/sensitive';
import { cachingSha2Hash, leastRounds, mostRounds } from './caching-sha2-hash';
import { type PasswordAccount } from './mysql-account';
import { type MysqlSession } from './mysql-session';
import {
  alterOwnPassword,
  alterPasswordHash,
  type HashStatement,
  quoteAccount,
  readHashRounds,
} from './mysql-statements';
import { nativeHash } from './native-hash';

const noPrivilege = 1227;
const currentPasswordWanted = 3892;

/** An account, and the password to give it. */
export interface AccountChange {
  readonly account: PasswordAccount;
  readonly newPassword: Sensitive;
}

/** The session's own account, the password to give it and the one that it has. */
export interface OwnChange extends AccountChange {
  readonly currentPassword: Sensitive;
}

/** Gives another account a password, and ends a second one that it may have. */
export async function changePasswordOf(session: MysqlSession, change: AccountChange): Promise<void> {
  await session.change(await byHash(session, change));
}

/**
 * Gives the session's own account a password, by a hash where the server takes one.
 *
 * @returns what the operator should know, where a second password may be left that the user can neither see nor end.
 */
export async function changeOwnPassword(session: MysqlSession, change: OwnChange): Promise<string | undefined> {
  const refusal = await session.attempt({ text: await byHash(session, change), refusals: [noPrivilege] });
  if (refusal === undefined) return undefined;
  const { discardedOld } = await changeInClear(session, change);
  return discardedOld ? undefined : mayHaveTwo(change.account);
}

async function byHash(session: MysqlSession, change: AccountChange): Promise<string> {
  return alterPasswordHash(await hashStatement(session, change));
}

/** A password as the account's plugin keeps it. */
export async function hashStatement(
  session: MysqlSession,
  { account, newPassword }: AccountChange,
): Promise<HashStatement> {
  const { plugin } = account;
  const hash =
    plugin === 'mysql_native_password'
      ? nativeHash(newPassword)
      : await cachingSha2Hash({ password: newPassword, rounds: await hashRounds(session) });
  return { account, plugin, hash };
}

/** As many as the server would use itself, so that its own setting holds for what is set here too. */
async function hashRounds(session: MysqlSession): Promise<number> {
  const [row] = await session.read<{ Value: string }>(readHashRounds);
  const rounds = Math.min(Math.max(leastRounds, Number(row?.Value ?? 0)), mostRounds);
  return rounds - (rounds % 1_000);
}

/** What the server takes from this user is found by asking: first for all of it, then for less. */
async function changeInClear(session: MysqlSession, change: OwnChange): Promise<{ discardedOld: boolean }> {
  const newPassword = change.newPassword.reveal();
  let discardOld = true;
  let currentPassword: string | undefined;
  for (;;) {
    const text = alterOwnPassword({ account: change.account, newPassword, currentPassword, discardOld });
    const refusal = await session.attempt({ text, refusals: refusalsLeft({ discardOld, currentPassword }) });
    if (refusal === undefined) return { discardedOld: discardOld };
    if (refusal === noPrivilege) discardOld = false;
    else currentPassword = change.currentPassword.reveal();
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
