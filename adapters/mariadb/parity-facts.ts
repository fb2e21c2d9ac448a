import { type FactsQuestion } from '../mysql2/dialect';
import { type StatementStep } from '../mysql2/failure-rule';
import { type Mysql2Session } from '../mysql2/mysql2-session';
import { misconfigured } from '../mysql2/own-account';
import { type AccountSetup, parseSetup } from './account-setup';
import { type Granted, rightsAlone, showGrants } from './grant-replay';
import { type PasswordAccount } from './mariadb-account';
import { showAccount } from './mariadb-statements';

/** All that two accounts are compared by. */
export interface AccountFacts extends Granted {
  readonly account: PasswordAccount;
  readonly setup: AccountSetup;
}

/**
 * Reads how an account is set up and what it may do. Right only in a bound session.
 *
 * @throws TargetMisconfiguredError for a setup or a right that cannot be sent again.
 */
export async function readAccountFacts(
  session: Mysql2Session,
  { account, step }: FactsQuestion<PasswordAccount>,
): Promise<AccountFacts> {
  const [createUser = ''] = await texts(session, showAccount(account), step);
  const rows = await texts(session, showGrants(account), step);
  try {
    return { account, rows: rightsAlone(rows, account), setup: parseSetup(createUser, account) };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const { username } = account;
    throw misconfigured(session, {
      username,
      what: `sets user "${username}" up in a way that cannot be repeated for another, such as a certificate's name with a quote in it. Change that.`,
    });
  }
}

async function texts(session: Mysql2Session, statement: string, step: StatementStep): Promise<string[]> {
  return (await session.rows<Record<string, string>>(statement, step)).flatMap((row) => Object.values(row));
}
