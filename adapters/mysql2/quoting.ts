/** The longest name that any of the servers takes, the host part of an account, in characters. */
const maxNameCharacters = 255;

/** What the servers call an account: a name and where it may come from. The same name at another host is another account. */
export interface Account {
  readonly username: string;
  readonly host: string;
}

/**
 * A name as a quoted identifier, whatever `sql_mode` says. How long a user's may be, callers have checked before.
 *
 * @throws TypeError for a name that every server would refuse.
 */
export function quoteIdentifier(name: string): string {
  if (name === '' || name.includes('\0') || Array.from(name).length > maxNameCharacters) {
    throw new TypeError(
      `A name that is empty, holds NUL or has more than ${maxNameCharacters} characters is not quoted.`,
    );
  }
  return `\`${name.replaceAll('`', '``')}\``;
}

/** An account as the servers write it: both parts quoted. */
export function quoteAccount({ username, host }: Account): string {
  return `${quoteIdentifier(username)}@${quoteIdentifier(host)}`;
}

/**
 * A text as a literal. Right only in a bound session, in which a backslash is a character like any other and a quote is
 * doubled.
 *
 * @throws TypeError for a text with NUL.
 */
export function quoteText(text: string): string {
  if (text.includes('\0')) throw new TypeError('A text with NUL cannot be quoted.');
  return `'${text.replaceAll("'", "''")}'`;
}
