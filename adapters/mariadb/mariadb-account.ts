import { type Mysql2Session } from '../mysql2/mysql2-session';
import { misconfigured, onlyOne, readOwnAccount } from '../mysql2/own-account';
import { type Account } from '../mysql2/quoting';
import { type Authentication, nativePlugin, parseAuthentications } from './authentication-list';
import { readAccounts, showAccount, showOwnAccount } from './mariadb-statements';

/** An account, and the ways in which it may sign in, the native password first. */
export interface PasswordAccount extends Account {
  readonly authentications: readonly Authentication[];
}

/** Ways to sign in that need no password, so that they may stay beside one that changes. */
const passwordless: readonly string[] = ['unix_socket', 'gssapi', 'named_pipe'];

/** The session's own account. */
export async function readOwn(session: Mysql2Session): Promise<PasswordAccount> {
  const account = await readOwnAccount(session);
  return withNativePassword(session, { account, createUser: await shown(session, showOwnAccount) });
}

/** Whom any admin could take over, because nothing protects them on MariaDB: they change their own password, or nobody. */
const guarded: readonly string[] = ['root', 'mysql', 'mariadb.sys'];

/** The only account of a user; undefined for none. Throws `TargetMisconfiguredError` for `root` too. */
export async function find(session: Mysql2Session, username: string): Promise<PasswordAccount | undefined> {
  if (guarded.includes(username)) {
    throw misconfigured(session, {
      username,
      what: `has its own administrator in "${username}", whose password only that user changes. Rotate it without a superuser secret.`,
    });
  }
  const rows = await session.read<{ host: string }>(readAccounts(username));
  const row = onlyOne(session, { username, rows });
  if (row === undefined) return undefined;
  const account = { username, host: row.host };
  return withNativePassword(session, { account, createUser: await shown(session, showAccount(account)) });
}

async function shown(session: Mysql2Session, statement: string): Promise<string> {
  const [row] = await session.read<Record<string, string>>(statement);
  return Object.values(row ?? {})[0] ?? '';
}

/** An account as it was found. */
interface FoundAccount {
  readonly account: Account;
  readonly createUser: string;
}

/** A password of another kind would outlive the change, or be switched without anybody's asking. */
function withNativePassword(session: Mysql2Session, { account, createUser }: FoundAccount): PasswordAccount {
  const authentications = parseAuthentications(createUser);
  const other = authentications.find(({ plugin }) => plugin !== nativePlugin && !passwordless.includes(plugin));
  if (other === undefined && authentications.some(({ plugin }) => plugin === nativePlugin)) {
    return { ...account, authentications };
  }
  const { username } = account;
  const plugins = authentications.map(({ plugin }) => plugin).join(', ') || 'that it does not tell';
  throw misconfigured(session, {
    username,
    what: `lets user "${username}" sign in by the plugin ${plugins}, which Rotor does not change. Give the user mysql_native_password alone, or do not rotate it.`,
  });
}
