import { type Mysql2Session } from '../mysql2/mysql2-session';
import { misconfigured, onlyOne, readOwnAccount } from '../mysql2/own-account';
import { type Account } from '../mysql2/quoting';
import { type PasswordPlugin, readAccounts, showOwnAccount } from './mysql-statements';

/** An account, and how it keeps its password. */
export interface PasswordAccount extends Account {
  readonly plugin: PasswordPlugin;
}

/** The session's own account. */
export async function readOwn(session: Mysql2Session): Promise<PasswordAccount> {
  const account = await readOwnAccount(session);
  const [row] = await session.read<Record<string, string>>(showOwnAccount);
  const plugin = / IDENTIFIED WITH '([^']+)'/.exec(Object.values(row ?? {})[0] ?? '')?.[1];
  return withKnownPlugin(session, { account, plugin });
}

/** The only account of a user; undefined for none. */
export async function find(session: Mysql2Session, username: string): Promise<PasswordAccount | undefined> {
  const rows = await session.read<{ host: string; plugin: string }>(readAccounts(username));
  const row = onlyOne(session, { username, rows });
  return row && withKnownPlugin(session, { account: { username, host: row.host }, plugin: row.plugin });
}

/** An account as it was found. */
interface FoundAccount {
  readonly account: Account;
  readonly plugin: string | undefined;
}

function withKnownPlugin(session: Mysql2Session, { account, plugin }: FoundAccount): PasswordAccount {
  if (plugin === 'caching_sha2_password' || plugin === 'mysql_native_password') return { ...account, plugin };
  const { username } = account;
  throw misconfigured(session, {
    username,
    what: `keeps user "${username}" by the plugin ${plugin ?? 'that it does not tell'}, which Rotor never changes by itself. Give the user caching_sha2_password, or do not rotate it.`,
  });
}
