import { WrongTargetError } from './errors';
import { type ConnectionSecret } from './secret-value';

/** Whether two secrets name the same database of the same server. */
export function isSameTarget(one: ConnectionSecret, other: ConnectionSecret): boolean {
  return (
    one.engine === other.engine &&
    one.host === other.host &&
    one.port === other.port &&
    one.dbname === other.dbname &&
    one.tls === other.tls
  );
}

/**
 * Refuses a pending version that was tampered with: a rotation may never be steered at another server or user.
 *
 * Called before any sign-in. AWS's templates compare the host alone, and after the first sign-in.
 *
 * @throws WrongTargetError
 */
export function assertSameTarget(
  { current, pending }: { current: ConnectionSecret; pending: ConnectionSecret },
  allowedUsername: string,
): void {
  if (!isSameTarget(current, pending)) {
    throw new WrongTargetError(
      `The pending version points at another database than the current one at ${current.host}. Nothing was changed ` +
        'there. Find out who wrote it, then take its AWSPENDING label off.',
      { host: current.host },
    );
  }
  if (pending.username !== allowedUsername) {
    throw new WrongTargetError(
      `The pending version names the user "${pending.username}" instead of "${allowedUsername}". Nothing was ` +
        'changed. Find out who wrote it, then take its AWSPENDING label off.',
      { host: current.host, username: allowedUsername },
    );
  }
}
