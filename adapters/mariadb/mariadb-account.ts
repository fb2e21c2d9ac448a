import { TargetMisconfiguredError } from '../../rotation/errors';
import { type ConnectionSecret } from '../../rotation/secret-value';
import { type Authentication, nativePlugin, parseAuthentications } from './authentication-list';
import { type MariadbSession } from './mariadb-session';
import { type Account, readAccounts, readOwnAccount, showAccount, showOwnAccount } from './mariadb-statements';
import { defaultPort } from './mysql2-client';

/** Who signed in where: what messages and checks need of a credential. */
export type Target = Pick<ConnectionSecret, 'host' | 'port' | 'username'>;

/** An account, and the ways in which it may sign in, the native password first. */
export interface PasswordAccount extends Account {
  readonly authentications: readonly Authentication[];
}

/** Ways to sign in that need no password, so that they may stay beside one that changes. */
const passwordless: readonly string[] = ['unix_socket', 'gssapi', 'named_pipe'];

/**
 * The account that the server made of the session's user; undefined where it made none of it, because it checks nobody.
 *
 * @throws TargetMisconfiguredError where it made another user of it.
 */
export async function ownAccount(session: MariadbSession, target: Target): Promise<Account | undefined> {
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

/** {@link ownAccount}, and the ways in which it may sign in. */
export async function ownPasswordAccount(session: MariadbSession, target: Target): Promise<PasswordAccount> {
  const account = await ownAccount(session, target);
  if (account === undefined) throw misconfigured(target, tookForNobody);
  return withNativePassword({ account, createUser: await shown(session, showOwnAccount), target });
}

/** Whom any admin could take over, because nothing protects them on MariaDB: they change their own password, or nobody. */
const guarded: readonly string[] = ['root', 'mysql', 'mariadb.sys'];

/** As {@link findAccount}, for a user that must be there. */
export async function accountOf(session: MariadbSession, target: Target): Promise<PasswordAccount> {
  const account = await findAccount(session, target);
  if (account) return account;
  throw misconfigured(target, `has no user "${target.username}". Correct the secret or create the user.`);
}

/**
 * The only account of a user; undefined for none. Several of one name are different accounts, each with a password of its
 * own: which of them a secret means cannot be told from outside.
 *
 * @throws TargetMisconfiguredError for several, for one whose password Rotor cannot set, and for `root`.
 */
export async function findAccount(session: MariadbSession, target: Target): Promise<PasswordAccount | undefined> {
  const { username } = target;
  if (guarded.includes(username)) {
    throw misconfigured(
      target,
      `has its own administrator in "${username}", whose password only that user changes. Rotate it without a superuser secret.`,
    );
  }
  const [row, ...others] = await session.read<{ host: string }>(readAccounts(username));
  if (row === undefined) return undefined;
  if (others.length > 0) {
    const hosts = [row, ...others].map(({ host }) => `"${host}"`).join(', ');
    throw misconfigured(
      target,
      `has ${others.length + 1} accounts of the name "${username}", for the hosts ${hosts}, each with its own password. Keep one of them, or let the user change its own password.`,
    );
  }
  const account = { username, host: row.host };
  return withNativePassword({ account, createUser: await shown(session, showAccount(account)), target });
}

async function shown(session: MariadbSession, statement: string): Promise<string> {
  const [row] = await session.read<Record<string, string>>(statement);
  return Object.values(row ?? {})[0] ?? '';
}

/** An account as it was found. */
interface FoundAccount {
  readonly account: Account;
  readonly createUser: string;
  readonly target: Target;
}

/** A password of another kind would outlive the change, or be switched without anybody's asking. */
function withNativePassword({ account, createUser, target }: FoundAccount): PasswordAccount {
  const authentications = parseAuthentications(createUser);
  const other = authentications.find(({ plugin }) => plugin !== nativePlugin && !passwordless.includes(plugin));
  if (other === undefined && authentications.some(({ plugin }) => plugin === nativePlugin)) {
    return { ...account, authentications };
  }
  const plugins = authentications.map(({ plugin }) => plugin).join(', ') || 'that it does not tell';
  throw misconfigured(
    target,
    `lets user "${account.username}" sign in by the plugin ${plugins}, which Rotor does not change. Give the user mysql_native_password alone, or do not rotate it.`,
  );
}

/** An error about what the server is, or has, in a way that no retry changes. */
export function misconfigured({ host, port = defaultPort, username }: Target, what: string): TargetMisconfiguredError {
  return new TargetMisconfiguredError(`${host}:${port} ${what}`, { engine: 'mariadb', host, port, username });
}
