import { type Account, quoteAccount } from '../mysql2/quoting';

/** From whom rights are read, and to whom they go. */
export interface Replay {
  readonly from: Account;
  readonly to: Account;
}

/** The rights of an account, one statement in each row. The account's roles are rows, its default roles are not. */
export function showGrants(account: Account): string {
  return `SHOW GRANTS FOR ${quoteAccount(account)}`;
}

/**
 * A row of {@link showGrants} for another account. The account stands last before the options: a name of an object may
 * hold ` TO ` as well.
 *
 * @throws TypeError for a row that does not name the account.
 */
export function replayGrant(row: string, { from, to }: Replay): string {
  const { head, tail } = splitRow(row, from);
  return `${head}${quoteAccount(to)}${tail}`;
}

const name = '`(?:[^`]|``)*`@`(?:[^`]|``)*`';
const roleRow = new RegExp(`^GRANT (${name}(?:,${name})*)( TO ${name}(?: WITH ADMIN OPTION)?)$`);

/** Rows with one role in each, so that they can be compared; without the roles that are left out. */
export function separateRoles(rows: readonly string[], leftOut: readonly Account[]): readonly string[] {
  const left = leftOut.map(quoteAccount);
  return rows.flatMap((row) => {
    const [, roles, rest = ''] = roleRow.exec(row) ?? [];
    if (roles === undefined) return [row];
    return accountsIn(roles)
      .filter((role) => !left.includes(role))
      .map((role) => `GRANT ${role}${rest}`);
  });
}

/** The accounts of a list, as MySQL writes them. */
export function accountsIn(list: string): readonly string[] {
  return list.match(new RegExp(name, 'g')) ?? [];
}

/** An account, and its rights as {@link showGrants} told them. */
export interface Granted {
  readonly account: Account;
  readonly rows: readonly string[];
}

/**
 * The statements that give the second account what the first has and it lacks. A right that it may pass on as well is not
 * given again: for a role that would take the option away.
 */
export function missingGrants({ from, to }: { readonly from: Granted; readonly to: Granted }): readonly string[] {
  const replayed = from.rows.map((row) => replayGrant(row, { from: from.account, to: to.account }));
  const found = to.rows.map((row) => replayGrant(row, { from: to.account, to: to.account }));
  const options = ['', ' WITH GRANT OPTION', ' WITH ADMIN OPTION'];
  return replayed.filter((row) => !options.some((option) => found.includes(`${row}${option}`)));
}

function splitRow(row: string, account: Account): { head: string; tail: string } {
  const preposition = row.startsWith('REVOKE ') ? ' FROM ' : ' TO ';
  const marker = `${preposition}${quoteAccount(account)}`;
  const at = row.lastIndexOf(marker);
  const tail = row.slice(at + marker.length);
  if (at < 0 || !/^(?: WITH (?:GRANT|ADMIN) OPTION)?$/.test(tail)) {
    throw new TypeError('Not a right of the account that was asked for.');
  }
  return { head: row.slice(0, at + preposition.length), tail };
}
