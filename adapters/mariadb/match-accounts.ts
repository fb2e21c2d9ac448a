import { createHash, randomBytes } from 'node:crypto';
import { type UserPair } from '../../rotation/database-engine';
import { PermissionMissingError, TargetConflictError } from '../../rotation/errors';
import { type ConnectionSecret } from '../../rotation/secret-value';
import { Sensitive } from '../../rotation/sensitive';
import { type StatementStep } from './failure-rule';
import { accountOf, findAccount, misconfigured, type PasswordAccount } from './mariadb-account';
import { type MariadbSession } from './mariadb-session';
import { createAccount, quoteIdentifier } from './mariadb-statements';
import { defaultPort } from './mysql2-client';
import { nativeHash } from './native-hash';
import { type AccountFacts, readAccountFacts } from './parity-facts';
import { planAlternate, planParity } from './plan-parity';

const turnTimeoutSeconds = 5;

/** The alternate's account once it is at parity. */
export interface MatchedAccount {
  readonly account: PasswordAccount;
  readonly changed: boolean;
}

/**
 * Makes the alternate user exist, with a password that nobody knows, and brings both to parity, statement by statement:
 * MariaDB has no transaction for them. Each may be repeated, and the next run goes on where one was interrupted.
 *
 * @throws PermissionMissingError naming what to run; TargetMisconfiguredError for users that may not be matched.
 */
export async function matchAccounts(session: MariadbSession, pair: UserPair): Promise<MatchedAccount> {
  const admin = pair.superuser.username;
  await takeTurn(session, pair);
  const accounts = await readPair(session, pair);
  const { original, found } = accounts;
  const isCreated = found === undefined;
  const account = found ?? { username: pair.alternate.username, host: original.host, authentications: [] };
  const factsOf = (of: PasswordAccount): Promise<AccountFacts> =>
    readAccountFacts(session, { account: of, step: stepOf(admin), target: pair.superuser });

  const originalFacts = await factsOf(original);
  if (isCreated) {
    const unknown = new Sensitive(randomBytes(24).toString('base64url'));
    await session.rows(createAccount({ account, hash: nativeHash(unknown) }), stepOf(admin));
  }
  const plan = planParity({ original: originalFacts, alternate: await factsOf(account) }, admin);
  for (const { text, remedy } of plan) await session.rows(text, { phase: 'match', remedy });
  return { account, changed: isCreated || plan.length > 0 };
}

/**
 * Compares what the two users of a pair may do, in a session of the superuser's, and changes nothing.
 *
 * @throws PermissionMissingError naming the first right that the alternate lacks.
 */
export async function verifyParity(session: MariadbSession, pair: UserPair): Promise<void> {
  const admin = pair.superuser.username;
  const { original, found } = await readPair(session, pair);
  if (found === undefined) throw lacking(pair, 'Rotate again: it does not exist');
  const [originalFacts, alternateFacts] = [
    await readAccountFacts(session, { account: original, step: stepOf(admin), target: pair.superuser }),
    await readAccountFacts(session, { account: found, step: stepOf(admin), target: pair.superuser }),
  ];
  const [first] = planAlternate({ original: originalFacts, alternate: alternateFacts }, admin);
  if (first) throw lacking(pair, `Rotate again, or run: ${first.text}`);
}

interface FoundPair {
  readonly original: PasswordAccount;
  readonly found: PasswordAccount | undefined;
}

/** The accounts of both users. They must come from the same hosts: else each would serve other consumers. */
async function readPair(session: MariadbSession, { superuser, original, alternate }: UserPair): Promise<FoundPair> {
  if (alternate.username === superuser.username) {
    throw misconfigured(
      superuser,
      `would have its superuser for the alternate user "${alternate.username}". Use another superuser.`,
    );
  }
  const originalAccount = await accountOf(session, { ...superuser, username: original.username });
  const found = await findAccount(session, { ...superuser, username: alternate.username });
  if (found === undefined || found.host === originalAccount.host) return { original: originalAccount, found };
  throw misconfigured(
    { ...superuser, username: alternate.username },
    `has user "${original.username}" for the host "${originalAccount.host}" and its alternate "${alternate.username}" for "${found.host}". Rename one of them, by: RENAME USER`,
  );
}

/** Lets one session at a time bring these two users to parity, whichever of them is the original. */
async function takeTurn(session: MariadbSession, { superuser, original, alternate }: UserPair): Promise<void> {
  const names = JSON.stringify([original.username, alternate.username].sort());
  const lock = `rotor ${createHash('sha256').update(names).digest('hex').slice(0, 40)}`;
  const [row] = await session.read<{ taken: number | null }>(
    `SELECT GET_LOCK('${lock}', ${turnTimeoutSeconds}) AS taken`,
  );
  if (Number(row?.taken) === 1) return;
  const { host, port = defaultPort } = superuser;
  const { username } = alternate;
  throw new TargetConflictError(
    `Another session at ${host}:${port} is bringing ${quoteIdentifier(username)} to parity. Nothing was changed.`,
    { engine: 'mariadb', host, port, username },
  );
}

function stepOf(admin: string): StatementStep {
  const name = quoteIdentifier(admin);
  return { phase: 'match', remedy: `GRANT CREATE USER ON *.* TO ${name}; GRANT SELECT ON mysql.* TO ${name}` };
}

function lacking({ original, alternate, superuser }: UserPair, what: string): PermissionMissingError {
  const { host, port = defaultPort }: ConnectionSecret = superuser;
  const { username } = alternate;
  return new PermissionMissingError(
    `User ${quoteIdentifier(username)} at ${host}:${port} lacks what ${quoteIdentifier(original.username)} has. ${what}.`,
    { engine: 'mariadb', host, port, username },
  );
}
