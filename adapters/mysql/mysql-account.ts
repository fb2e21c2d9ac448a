import { TargetMisconfiguredError } from '../../rotation/errors';
import { type ConnectionSecret } from '../../rotation/secret-value';
import { type MysqlSession } from './mysql-session';
import { type Account, type PasswordPlugin, readAccounts, readOwnAccount, showOwnAccount } from './mysql-statements';
import { defaultPort } from './mysql2-client';

/** Who signed in where: what messages and checks need of a credential. */
export type Target = Pick<ConnectionSecret, 'host' | 'port' | 'username'>;

/** An account, and how it keeps its password. */
export interface PasswordAccount extends Account {
  readonly plugin: PasswordPlugin;
}

/**
 * The account that the server made of the session's user; undefined where it made none of it, because it checks nobody.
 *
 * @throws TargetMisconfiguredError where it made another user of it.
 */
export async function ownAccount(session: MysqlSession, target: Target): Promise<Account | undefined> {
  const [row] = await session.read<{ account: string }>(readOwnAccount);
  const account = row?.account ?? '';
  if (account.startsWith(`${target.username}@`)) {
    return { username: target.username, host: account.slice(target.username.length + 1) };
  }
  if (account.startsWith('@') || account === '') return undefined;
  throw misconfigured(target, `made "${account}" of user "${target.username}". Name the user itself in the secret.`);
}

/** What a server did that signed somebody in without knowing whom. */
export const tookForNobody =
  'took the user for nobody: it checks no password (--skip-grant-tables), or has an account without a name, which hides others. Start it without, or drop that account.';

/** {@link ownAccount}, and how it keeps its password. */
export async function ownPasswordAccount(session: MysqlSession, target: Target): Promise<PasswordAccount> {
  const account = await ownAccount(session, target);
  if (account === undefined) throw misconfigured(target, tookForNobody);
  const [row] = await session.read<Record<string, string>>(showOwnAccount);
  const plugin = / IDENTIFIED WITH '([^']+)'/.exec(Object.values(row ?? {})[0] ?? '')?.[1];
  return withKnownPlugin({ account, plugin, target });
}

/** As {@link findAccount}, for a user that must be there. */
export async function accountOf(session: MysqlSession, target: Target): Promise<PasswordAccount> {
  const account = await findAccount(session, target);
  if (account) return account;
  throw misconfigured(target, `has no user "${target.username}". Correct the secret or create the user.`);
}

/**
 * The only account of a user; undefined for none. Several of one name are different accounts, each with a password of its
 * own: which of them a secret means cannot be told from outside.
 *
 * @throws TargetMisconfiguredError for several, and for one that keeps no password of a kind that Rotor knows.
 */
export async function findAccount(session: MysqlSession, target: Target): Promise<PasswordAccount | undefined> {
  const { username } = target;
  const [row, ...others] = await session.read<{ host: string; plugin: string }>(readAccounts(username));
  if (row === undefined) return undefined;
  if (others.length > 0) {
    const hosts = [row, ...others].map(({ host }) => `"${host}"`).join(', ');
    throw misconfigured(
      target,
      `has ${others.length + 1} accounts of the name "${username}", for the hosts ${hosts}, each with its own password. Keep one of them, or let the user change its own password.`,
    );
  }
  return withKnownPlugin({ account: { username, host: row.host }, plugin: row.plugin, target });
}

/** An account as it was found. */
interface FoundAccount {
  readonly account: Account;
  readonly plugin: string | undefined;
  readonly target: Target;
}

function withKnownPlugin({ account, plugin, target }: FoundAccount): PasswordAccount {
  if (plugin === 'caching_sha2_password' || plugin === 'mysql_native_password') return { ...account, plugin };
  throw misconfigured(
    target,
    `keeps user "${account.username}" by the plugin ${plugin ?? 'that it does not tell'}, which Rotor never changes by itself. Give the user caching_sha2_password, or do not rotate it.`,
  );
}

/** An error about what the server is, or has, in a way that no retry changes. */
export function misconfigured({ host, port = defaultPort, username }: Target, what: string): TargetMisconfiguredError {
  return new TargetMisconfiguredError(`${host}:${port} ${what}`, { engine: 'mysql', host, port, username });
}
