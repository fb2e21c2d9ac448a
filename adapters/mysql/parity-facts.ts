import { type AccountSetup, parseSetup, showSetup } from './account-setup';
import { type StatementStep } from './failure-rule';
import { type Granted, separateRoles, showGrants } from './grant-replay';
import { misconfigured, type PasswordAccount, type Target } from './mysql-account';
import { type MysqlSession } from './mysql-session';
import { type Account } from './mysql-statements';

/** All that two accounts are compared by. */
export interface AccountFacts extends Granted {
  readonly account: PasswordAccount;
  readonly setup: AccountSetup;
}

/** Whose facts to read, and the two accounts of the pair: either may be a role of the other, which is no right to give. */
export interface FactsQuestion {
  readonly account: PasswordAccount;
  readonly pair: readonly Account[];
  readonly step: StatementStep;
  readonly target: Target;
}

/**
 * Reads how an account is set up and what it may do. Right only after {@link replaySession}.
 *
 * @throws TargetMisconfiguredError for a setup or a right that cannot be sent again.
 */
export async function readAccountFacts(
  session: MysqlSession,
  { account, pair, step, target }: FactsQuestion,
): Promise<AccountFacts> {
  const [createUser = ''] = await texts(session, showSetup(account), step);
  const rows = separateRoles(await texts(session, showGrants(account), step), pair);
  try {
    return { account, rows, setup: parseSetup(createUser, account) };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw misconfigured(
      target,
      `sets user "${account.username}" up in a way that cannot be repeated for another, such as a certificate's name with a quote in it. Change that.`,
    );
  }
}

async function texts(session: MysqlSession, statement: string, step: StatementStep): Promise<string[]> {
  return (await session.rows<Record<string, string>>(statement, step)).flatMap((row) => Object.values(row));
}
