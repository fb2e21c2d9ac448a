import { type FactsOfPair, type ParityStatement } from '../mysql2/dialect';
import { quoteIdentifier } from '../mysql2/quoting';
import { alterLike, isSetUpLike, setDefaultRoles } from './account-setup';
import { accountsIn, missingGrants } from './grant-replay';
import { type AccountFacts } from './parity-facts';

/**
 * What is left to do for an alternate account that is there: nothing, for a pair at parity. Limits, TLS and the lock are
 * as the original has them; what either may do both may do, because either may have been granted it as the current one.
 */
export function planParity(pair: FactsOfPair<AccountFacts>, admin: string): readonly ParityStatement[] {
  return [...planAlternate(pair, admin), ...planOriginal(pair, admin)];
}

/** The part of {@link planParity} that the alternate lacks. */
export function planAlternate(
  { original, alternate }: FactsOfPair<AccountFacts>,
  admin: string,
): readonly ParityStatement[] {
  const isAlike = isSetUpLike(original.setup, alternate.setup);
  return [
    ...(isAlike ? [] : [ofAccount(alterLike(original.setup, alternate.account, alternate.setup), admin)]),
    ...missingGrants({ from: original, to: alternate }).map((text) => ofGrant(text, admin)),
    ...missingRoles({ from: original, to: alternate }).map((text) => ofAccount(text, admin)),
  ];
}

/** Partial revokes are the original's own: they are not taken from the other. */
function planOriginal({ original, alternate }: FactsOfPair<AccountFacts>, admin: string): readonly ParityStatement[] {
  const from = { ...alternate, rows: alternate.rows.filter((row) => !row.startsWith('REVOKE ')) };
  return [
    ...missingGrants({ from, to: original }).map((text) => ofGrant(text, admin)),
    ...missingRoles({ from: alternate, to: original }).map((text) => ofAccount(text, admin)),
  ];
}

function missingRoles({ from, to }: { from: AccountFacts; to: AccountFacts }): readonly string[] {
  const granted = new Set(from.rows.flatMap(rolesOf));
  const found = accountsIn(to.setup.defaultRoles ?? '');
  const missing = accountsIn(from.setup.defaultRoles ?? '').filter(
    (role) => granted.has(role) && !found.includes(role),
  );
  if (missing.length === 0) return [];
  return [setDefaultRoles({ defaultRoles: [...found, ...missing].join(',') }, to.account)];
}

/** The role of a row that grants one. */
function rolesOf(row: string): readonly string[] {
  return row.startsWith('GRANT `') ? accountsIn(row).slice(0, 1) : [];
}

function ofAccount(text: string, admin: string): ParityStatement {
  return { text, remedy: `GRANT CREATE USER, ROLE_ADMIN ON *.* TO ${quoteIdentifier(admin)}` };
}

/** Who may grant a right has it WITH GRANT OPTION, or a role WITH ADMIN OPTION. */
function ofGrant(text: string, admin: string): ParityStatement {
  const isRole = text.startsWith('GRANT `');
  const upToName = text.slice(0, text.lastIndexOf(' TO ') + 4);
  const option = isRole ? 'ADMIN' : 'GRANT';
  return { text, remedy: `${upToName}${quoteIdentifier(admin)} WITH ${option} OPTION` };
}
