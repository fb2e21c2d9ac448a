import { type UserPair } from '../../rotation/database-engine';
import { PermissionMissingError } from '../../rotation/errors';
import { type Dialect, type FactsQuestion } from './dialect';
import { type StatementStep } from './failure-rule';
import { type Mysql2Session } from './mysql2-session';
import { misconfigured } from './own-account';
import { type Account, quoteIdentifier } from './quoting';

/** The alternate's account once it is at parity. */
export interface MatchedAccount<Found extends Account> {
  readonly account: Found;
  /** Whether it was there, and keeps its password as the original does. */
  readonly wasLike: boolean;
  readonly changed: boolean;
}

/** A pair of users, and how their server is spoken to. */
export interface PairOn<Found extends Account, Facts> {
  readonly pair: UserPair;
  readonly dialect: Dialect<Found, Facts>;
}

/**
 * Makes the alternate user exist, with a password that nobody knows, and brings both to parity, statement by statement:
 * the servers have no transaction for them. Each may be repeated, and the next run goes on where one was interrupted.
 *
 * @throws PermissionMissingError naming what to run; TargetMisconfiguredError for users that may not be matched.
 */
export async function matchAccounts<Found extends Account, Facts>(
  session: Mysql2Session,
  { pair, dialect }: PairOn<Found, Facts>,
): Promise<MatchedAccount<Found>> {
  const { parity } = dialect;
  const admin = pair.superuser.username;
  const { original, found } = await readPair(session, { pair, dialect });
  await parity.settle(session);
  const account = parity.twinOf(original, { username: pair.alternate.username, found });
  const ask = (of: Found): FactsQuestion<Found> => ({ account: of, pair: [original, account], step: stepOf(admin) });

  const like = await parity.readFacts(session, ask(original));
  if (found === undefined) await session.change(await parity.createLike(session, { account, like }), stepOf(admin));
  const plan = parity.plan({ original: like, alternate: await parity.readFacts(session, ask(account)) }, admin);
  for (const { text, remedy } of plan) await session.change(text, { phase: 'match', remedy });
  return { account, wasLike: found === account, changed: found === undefined || plan.length > 0 };
}

/**
 * Compares what the two users of a pair may do, in a session of the superuser's, and changes nothing.
 *
 * @throws PermissionMissingError naming the first right that the alternate lacks.
 */
export async function verifyParity<Found extends Account, Facts>(
  session: Mysql2Session,
  { pair, dialect }: PairOn<Found, Facts>,
): Promise<void> {
  const { parity } = dialect;
  const admin = pair.superuser.username;
  const { original, found } = await readPair(session, { pair, dialect });
  if (found === undefined) throw lacking(session, { pair, remedy: 'Rotate again: it does not exist' });
  await parity.settle(session);
  const ask = (of: Found): FactsQuestion<Found> => ({ account: of, pair: [original, found], step: stepOf(admin) });
  const facts = {
    original: await parity.readFacts(session, ask(original)),
    alternate: await parity.readFacts(session, ask(found)),
  };
  const [first] = parity.planAlternate(facts, admin);
  if (first) throw lacking(session, { pair, remedy: `Rotate again, or run: ${first.text}` });
}

interface FoundPair<Found> {
  readonly original: Found;
  readonly found: Found | undefined;
}

/** The accounts of both users. They must come from the same hosts: else each would serve other consumers. */
async function readPair<Found extends Account, Facts>(
  session: Mysql2Session,
  { pair: { superuser, original, alternate }, dialect: { accounts } }: PairOn<Found, Facts>,
): Promise<FoundPair<Found>> {
  const { username } = alternate;
  if (username === superuser.username) {
    throw misconfigured(session, {
      username,
      what: `would have its superuser for the alternate user "${username}". Use another superuser.`,
    });
  }
  const originalAccount = await accountOf(session, { accounts, username: original.username });
  const found = await accounts.find(session, username);
  if (found === undefined || found.host === originalAccount.host) return { original: originalAccount, found };
  throw misconfigured(session, {
    username,
    what: `has user "${original.username}" for the host "${originalAccount.host}" and its alternate "${username}" for "${found.host}". Rename one of them, by: RENAME USER`,
  });
}

/**
 * The account of a user that must be there.
 *
 * @throws TargetMisconfiguredError
 */
export async function accountOf<Found extends Account>(
  session: Mysql2Session,
  { accounts, username }: { readonly accounts: Dialect<Found, unknown>['accounts']; readonly username: string },
): Promise<Found> {
  const account = await accounts.find(session, username);
  if (account) return account;
  throw misconfigured(session, {
    username,
    what: `has no user "${username}". Correct the secret or create the user.`,
  });
}

function stepOf(admin: string): StatementStep {
  const name = quoteIdentifier(admin);
  return { phase: 'match', remedy: `GRANT CREATE USER ON *.* TO ${name}; GRANT SELECT ON mysql.* TO ${name}` };
}

interface Lack {
  readonly pair: UserPair;
  readonly remedy: string;
}

function lacking(session: Mysql2Session, { pair: { original, alternate }, remedy }: Lack): PermissionMissingError {
  const [lackingUser, user] = [alternate.username, original.username].map(quoteIdentifier);
  return new PermissionMissingError(
    `User ${lackingUser} at ${session.server} lacks what ${user} has. ${remedy}.`,
    session.idsOf(alternate.username),
  );
}
