import { type Account, quoteAccount } from './mysql-statements';

/** From whom rights are read, and to whom they go. */
export interface Replay {
  readonly from: Account;
  readonly to: Account;
}

/** Rights that one account has and another lacks, each with its account left out. */
export interface GrantDifference {
  readonly missing: readonly string[];
  readonly extra: readonly string[];
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

/** What a second account lacks and has beyond the first. Both lists are empty when the two are at parity. */
export function compareGrants(
  original: { account: Account; rows: readonly string[] },
  other: { account: Account; rows: readonly string[] },
): GrantDifference {
  const [wanted, found] = [original, other].map(({ account, rows }) => rows.map((row) => withoutAccount(row, account)));
  return {
    missing: (wanted ?? []).filter((row) => !found?.includes(row)),
    extra: (found ?? []).filter((row) => !wanted?.includes(row)),
  };
}

/** An account that stands for its own name: what it owns as a role is the same for both. */
function withoutAccount(row: string, account: Account): string {
  const { head, tail } = splitRow(row, account);
  return `${head}?${tail}`;
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
