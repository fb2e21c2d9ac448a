import { type FactsOfPair, type ParityStatement } from '../mysql2/dialect';
import { quoteIdentifier } from '../mysql2/quoting';
import { alterLike, isSetUpLike } from './account-setup';
import { missingGrants } from './grant-replay';
import { type AccountFacts } from './parity-facts';

/**
 * What is left to do for an alternate account that is there: nothing, for a pair at parity. Limits, TLS and the lock are
 * as the original has them; what either may do both may do, because either may have been granted it as the current one.
 */
export function planParity(pair: FactsOfPair<AccountFacts>, admin: string): readonly ParityStatement[] {
  const { original, alternate } = pair;
  const hasDefault = original.rows.some(isDefaultRole);
  const from = { ...alternate, rows: alternate.rows.filter((row) => !hasDefault || !isDefaultRole(row)) };
  const back = missingGrants({ from, to: original }).map((text) => ofGrant(text, admin));
  return [...planAlternate(pair, admin), ...back];
}

/** The part of {@link planParity} that the alternate lacks. */
export function planAlternate(
  { original, alternate }: FactsOfPair<AccountFacts>,
  admin: string,
): readonly ParityStatement[] {
  const alter = alterLike(original.setup, alternate.account);
  return [
    ...(isSetUpLike(original.setup, alternate.setup) ? [] : [{ text: alter, remedy: grantCreateUser(admin) }]),
    ...missingGrants({ from: original, to: alternate }).map((text) => ofGrant(text, admin)),
  ];
}

/** An account has one default role: the original's counts. */
function isDefaultRole(row: string): boolean {
  return row.startsWith('SET DEFAULT ROLE ');
}

/** Who may grant a right has it WITH GRANT OPTION, or a role WITH ADMIN OPTION. */
function ofGrant(text: string, admin: string): ParityStatement {
  if (isDefaultRole(text)) return { text, remedy: grantCreateUser(admin) };
  const upToName = text.slice(0, text.lastIndexOf(' TO ') + 4);
  const option = text.startsWith('GRANT `') ? 'ADMIN' : 'GRANT';
  return { text, remedy: `${upToName}${quoteIdentifier(admin)} WITH ${option} OPTION` };
}

function grantCreateUser(admin: string): string {
  const name = quoteIdentifier(admin);
  return `GRANT CREATE USER ON *.* TO ${name}; GRANT SELECT, UPDATE ON mysql.* TO ${name}`;
}
