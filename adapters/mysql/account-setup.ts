import { type Account, quoteAccount } from '../mysql2/quoting';
import { type HashStatement, hashLiteral } from './mysql-statements';

/** What `SHOW CREATE USER` says of an account beside its password. */
export interface AccountSetup {
  /** Roles that are active from the start, as MySQL writes them; absent: none. */
  readonly defaultRoles?: string;
  /** TLS, limits, expiry, lock, history, comment: as MySQL writes them, and as it takes them. */
  readonly options: string;
}

/**
 * Settles how MySQL writes the texts of a setup, and how it reads them again. It leaves a quote in them bare under
 * `NO_BACKSLASH_ESCAPES`, where such a setup could not be sent.
 */
export const replaySession = "SET SESSION sql_mode = '', print_identified_with_as_hex = ON";

/** How an account is set up, read after {@link replaySession}. Needs SELECT on the schema `mysql` for another than one's own. */
export function showSetup(account: Account): string {
  return `SHOW CREATE USER ${quoteAccount(account)}`;
}

/**
 * Reads the answer to {@link showSetup}.
 *
 * @throws TypeError for what is not the account's, or cannot be sent again.
 */
export function parseSetup(createUser: string, account: Account): AccountSetup {
  const head = `CREATE USER ${quoteAccount(account)} IDENTIFIED WITH `;
  const found = createUser.startsWith(head) ? setupPattern.exec(createUser.slice(head.length)) : null;
  if (!found) throw new TypeError('Not the setup of the account that was asked for, or one that cannot be sent again.');
  const [, defaultRoles, options = ''] = found;
  return { ...(defaultRoles === undefined ? {} : { defaultRoles }), options };
}

/**
 * The plugin and what it keeps (in hexadecimal digits only where it cannot be printed), the default roles, and the rest.
 * MySQL writes what a certificate must say as it is, so that one with a quote or a backslash in it cannot be sent again.
 */
const setupPattern =
  /^'[^']*'(?: AS (?:<secret>|0x[0-9A-Fa-f]*|'(?:[^'\\]|''|\\.)*'))?(?: DEFAULT ROLE (.+?))? (REQUIRE (?:NONE|SSL|X509|(?:(?:SUBJECT|ISSUER|CIPHER) '[^'\\]*' ?)+) ?(?:WITH|PASSWORD) .*)$/s;

/** Creates an account that is set up as another, with a password of its own. The server refuses one that exists: 1396. */
export function createLike(setup: AccountSetup, { account, plugin, hash }: HashStatement): string {
  return `CREATE USER ${quoteAccount(account)} IDENTIFIED WITH ${plugin} AS ${hashLiteral(plugin, hash)} ${setup.options}`;
}

/** Sets an account up as another, and takes away limits that the other has not. Its password stays, and its attributes. */
export function alterLike(setup: AccountSetup, account: Account, found: AccountSetup = setup): string {
  const [, required = '', rest = ''] =
    /^(REQUIRE (?:NONE|SSL|X509|(?:(?:SUBJECT|ISSUER|CIPHER) '[^']*' ?)+)) ?(?:WITH )?(.*)$/s.exec(setup.options) ?? [];
  const locks = ' FAILED_LOGIN_ATTEMPTS ';
  const unlocked = found.options.includes(locks) && !rest.includes(locks) ? `${locks}0 PASSWORD_LOCK_TIME 0` : '';
  return `ALTER USER ${quoteAccount(account)} ${required} WITH ${withoutLimits} ${withoutAttributes(rest)}${unlocked}`;
}

const withoutLimits = 'MAX_QUERIES_PER_HOUR 0 MAX_UPDATES_PER_HOUR 0 MAX_CONNECTIONS_PER_HOUR 0 MAX_USER_CONNECTIONS 0';

/** Whether two accounts are set up alike: comments and attributes, which say what an account is for, are its own. */
export function isSetUpLike(one: AccountSetup, other: AccountSetup): boolean {
  return withoutAttributes(one.options) === withoutAttributes(other.options);
}

function withoutAttributes(options: string): string {
  return options.replace(/ (?:COMMENT|ATTRIBUTE) '.*$/s, '');
}

/** Makes roles active from the start, once they are granted. */
export function setDefaultRoles({ defaultRoles }: Pick<AccountSetup, 'defaultRoles'>, account: Account): string {
  return `SET DEFAULT ROLE ${defaultRoles ?? 'NONE'} TO ${quoteAccount(account)}`;
}
