import { type Account, quoteAccount } from '../mysql2/quoting';

/** From whom rights are read, and to whom they go. */
export interface Replay {
  readonly from: Account;
  readonly to: Account;
}

/** The rights of an account, one statement in each row: its roles and its default role are rows too. */
export function showGrants(account: Account): string {
  return `SHOW GRANTS FOR ${quoteAccount(account)}`;
}

/**
 * A row of {@link showGrants} for another account. The row of the global privileges holds the password of the first, which
 * is left out: replayed, it would replace that of the second.
 *
 * @throws TypeError for a row that does not name the account.
 */
export function replayGrant(row: string, { from, to }: Replay): string {
  const { head, tail } = splitRow(row, from);
  return `${head}${quoteAccount(to)}${tail}`;
}

/**
 * The rights of rows alone: the row of the global privileges tells limits and TLS too, which are the setup's. What is
 * granted to everybody, and the roles that are left out, are no account's own.
 */
export function rightsAlone(rows: readonly string[], account: Account): readonly string[] {
  return rows
    .filter((row) => !/ TO (?:`PUBLIC`|PUBLIC)$/.test(row))
    .map((row) => {
      if (!globalRow.test(row)) return row;
      const { head, tail } = splitRow(row, account);
      const option = / WITH GRANT OPTION\b/.test(tail.replaceAll(/'(?:[^']|'')*'/g, '')) ? ' WITH GRANT OPTION' : '';
      return `${head}${quoteAccount(account)}${option}`;
    });
}

const globalRow = /^GRANT [A-Z ,]+ ON \*\.\* TO /;

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

interface SplitRow {
  readonly head: string;
  readonly tail: string;
}

/** The account in the quotes of most rows, and in those of the rows about proxies. */
function splitRow(row: string, account: Account): SplitRow {
  const quoted = quoteAccount(account);
  const single = `'${account.username.replaceAll("'", "''")}'@'${account.host.replaceAll("'", "''")}'`;
  for (const name of [quoted, single]) {
    const found = cut(row, name);
    if (found) return found;
  }
  throw new TypeError('Not a right of the account that was asked for.');
}

/**
 * The account stands last before the options, because a name of an object may hold ` TO ` as well; but first in the row of
 * the global privileges, which names no object, and whose options may hold any text.
 */
function cut(row: string, name: string): SplitRow | undefined {
  const preposition = row.startsWith('SET DEFAULT ROLE ') ? ' FOR ' : ' TO ';
  const marker = preposition + name;
  const isGlobal = globalRow.test(row);
  const at = isGlobal ? row.indexOf(marker) : row.lastIndexOf(marker);
  if (at < 0) return undefined;
  const tail = row.slice(at + marker.length);
  return { head: row.slice(0, at + preposition.length), tail: isGlobal ? tail.replace(identifiedClause, '') : tail };
}

/** What MariaDB writes of the passwords, from the start of what follows the account. */
const identifiedClause =
  /^ IDENTIFIED (?:BY PASSWORD '[^']*'|VIA \w+(?: USING '(?:[^']|'')*')?(?: OR \w+(?: USING '(?:[^']|'')*')?)*)/;
