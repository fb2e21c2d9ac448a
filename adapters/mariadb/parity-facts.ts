import { type AccountSetup, parseSetup } from './account-setup';
import { type StatementStep } from './failure-rule';
import { type Granted, rightsAlone, showGrants } from './grant-replay';
import { misconfigured, type PasswordAccount, type Target } from './mariadb-account';
import { type MariadbSession } from './mariadb-session';
import { showAccount } from './mariadb-statements';

/** All that two accounts are compared by. */
export interface AccountFacts extends Granted {
  readonly account: PasswordAccount;
  readonly setup: AccountSetup;
}

/** Whose facts to read. */
export interface FactsQuestion {
  readonly account: PasswordAccount;
  readonly step: StatementStep;
  readonly target: Target;
}

/**
 * Reads how an account is set up and what it may do. Right only in a bound session.
 *
 * @throws TargetMisconfiguredError for a setup or a right that cannot be sent again.
 */
export async function readAccountFacts(
  session: MariadbSession,
  { account, step, target }: FactsQuestion,
): Promise<AccountFacts> {
  const [createUser = ''] = await texts(session, showAccount(account), step);
  const rows = await texts(session, showGrants(account), step);
  try {
    return { account, rows: rightsAlone(rows, account), setup: parseSetup(createUser, account) };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw misconfigured(
      target,
      `sets user "${account.username}" up in a way that cannot be repeated for another, such as a certificate's name with a quote in it. Change that.`,
    );
  }
}

async function texts(session: MariadbSession, statement: string, step: StatementStep): Promise<string[]> {
  return (await session.rows<Record<string, string>>(statement, step)).flatMap((row) => Object.values(row));
}
