import { TargetMisconfiguredError } from '../../rotation/errors';
import { type Mysql2Session } from './mysql2-session';
import { type Account } from './quoting';

/**
 * The account that the server made of the session: `name@host`, where the name is empty if it checked nothing; and the
 * session's number.
 */
const selectOwnAccount = 'SELECT CURRENT_USER() AS account, CONNECTION_ID() AS id';

/**
 * The account that the server made of the session's user; undefined where it made none of it, because it checks nobody.
 *
 * Refuses a proxy in the place of the server that has sessions of its own there, such as ProxySQL or MaxScale. It knows
 * passwords by a copy of its own, so that it lets in by one that the server refuses and refuses one that the server has.
 *
 * @throws TargetMisconfiguredError where it made another user of it, or is a proxy.
 */
export async function findOwnAccount(session: Mysql2Session): Promise<Account | undefined> {
  const { username } = session.credential;
  const [row] = await session.read<{ account: string; id: number }>(selectOwnAccount);
  const account = row?.account ?? '';
  const isOwn = account.startsWith(`${username}@`);
  if (!isOwn && (account.startsWith('@') || account === '')) return undefined;
  if (!session.isNumber(Number(row?.id))) throw misconfigured(session, { username, what: isProxy });
  if (isOwn) return { username, host: account.slice(username.length + 1) };
  throw misconfigured(session, {
    username,
    what: `made "${account}" of user "${username}". Name the user itself in the secret.`,
  });
}

/**
 * As {@link findOwnAccount}, on a server that checks whom it admits.
 *
 * @throws TargetMisconfiguredError
 */
export async function readOwnAccount(session: Mysql2Session): Promise<Account> {
  const account = await findOwnAccount(session);
  if (account) return account;
  throw misconfigured(session, { username: session.credential.username, what: tookForNobody });
}

/** What a server did that signed somebody in without knowing whom. */
export const tookForNobody =
  'took the user for nobody: it checks no password (--skip-grant-tables), or has an account without a name, which hides others. Start it without, or drop that account.';

const isProxy =
  'is a proxy, such as ProxySQL or MaxScale, and keeps passwords of its own. Name the server itself in the secret, not a proxy.';

/** What is wrong, as what follows the server's name, and with whom. */
export interface Fault {
  readonly username: string;
  readonly what: string;
}

/** An error about what the server is, or has, in a way that no retry changes. */
export function misconfigured(session: Mysql2Session, { username, what }: Fault): TargetMisconfiguredError {
  return new TargetMisconfiguredError(`${session.server} ${what}`, session.idsOf(username));
}

/**
 * The only one of a user's accounts. Several of one name are different accounts, each with a password of its own and maybe
 * with consumers of its own, and hashes do not tell whether it is the same.
 *
 * @throws TargetMisconfiguredError for several.
 */
export function onlyOne<Row extends { readonly host: string }>(
  session: Mysql2Session,
  { username, rows }: { readonly username: string; readonly rows: readonly Row[] },
): Row | undefined {
  if (rows.length <= 1) return rows[0];
  const hosts = rows.map(({ host }) => `"${host}"`).join(', ');
  throw misconfigured(session, {
    username,
    what: `has ${rows.length} accounts of the name "${username}", for the hosts ${hosts}, each with its own password. Drop those that nobody uses, or give each a name and a secret of its own, by: RENAME USER. A user that changes its own password changes the one account that it signs in to.`,
  });
}
