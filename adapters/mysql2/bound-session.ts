import { type Flavour } from './flavour';

/** How long a statement waits for a lock. */
const lockTimeoutSeconds = 5;

/** How long the server itself lets one statement run. */
export const statementTimeoutMs = 15_000;

/**
 * Bounds what follows on the server's side, where it holds also when the client has gone (waiting for a lock lasts a year
 * on MySQL otherwise; MariaDB's wait for a backup's lock is bounded as a statement only), and settles how literals are
 * read and hashes are shown.
 */
export function boundSession({ limitStatements }: Pick<Flavour, 'limitStatements'>): string {
  return `SET SESSION sql_mode = 'NO_BACKSLASH_ESCAPES', lock_wait_timeout = ${lockTimeoutSeconds},
  innodb_lock_wait_timeout = ${lockTimeoutSeconds}, ${limitStatements(statementTimeoutMs)}`;
}
