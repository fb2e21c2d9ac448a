import { type Account, quoteAccount } from '../mysql2/quoting';

/** What `SHOW CREATE USER` says of an account beside its password; a part that says nothing is empty. */
export interface AccountSetup {
  /** What its connections must be. */
  readonly required: string;
  readonly limits: string;
  readonly lock: string;
  readonly expiry: string;
}

/**
 * Reads the answer to `SHOW CREATE USER`.
 *
 * @throws TypeError for what is not the account's, or cannot be sent again.
 */
export function parseSetup(createUser: string, account: Account): AccountSetup {
  const head = `CREATE USER ${quoteAccount(account)}`;
  const found = createUser.startsWith(head) ? setupPattern.exec(createUser.slice(head.length)) : null;
  if (!found) throw new TypeError('Not the setup of the account that was asked for, or one that cannot be sent again.');
  const [, required = '', limits = '', lock = '', expiry = ''] = found.map((part) => part as string | undefined);
  return { required, limits, lock, expiry };
}

/** What a certificate must say is written as it is, so that one with a quote or a backslash in it cannot be sent again. */
const setupPattern =
  /^ IDENTIFIED (?:BY PASSWORD '[^']*'|VIA \w+(?: USING '(?:[^']|'')*')?(?: OR \w+(?: USING '(?:[^']|'')*')?)*)(?: (REQUIRE (?:SSL|X509|(?:(?:SUBJECT|ISSUER|CIPHER) '[^'\\]*' ?)+?)))?(?: WITH ((?:MAX_[A-Z_]+ [\d.]+ ?)+?))?(?: (ACCOUNT LOCK))?(?: (PASSWORD EXPIRE(?: NEVER| INTERVAL \d+ DAY)?))?$/;

const noLimits =
  'MAX_QUERIES_PER_HOUR 0 MAX_UPDATES_PER_HOUR 0 MAX_CONNECTIONS_PER_HOUR 0 MAX_USER_CONNECTIONS 0 MAX_STATEMENT_TIME 0';

/** Sets an account up as another, and takes away what the other has not. Its password stays, and repeating changes nothing. */
export function alterLike({ required, limits, lock, expiry }: AccountSetup, account: Account): string {
  const options = [required || 'REQUIRE NONE', 'WITH', noLimits, limits];
  const state = [lock || 'ACCOUNT UNLOCK', expiry || 'PASSWORD EXPIRE DEFAULT'];
  return `ALTER USER ${quoteAccount(account)} ${[...options, ...state].filter((part) => part !== '').join(' ')}`;
}

/** Whether two accounts are set up alike. */
export function isSetUpLike(one: AccountSetup, other: AccountSetup): boolean {
  return alterLike(one, anybody) === alterLike(other, anybody);
}

const anybody: Account = { username: 'anybody', host: '%' };
