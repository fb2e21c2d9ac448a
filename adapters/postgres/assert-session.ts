import { TargetMisconfiguredError } from '../../rotation/errors';
import { type ConnectionSecret } from '../../rotation/secret-value';
import { defaultPort } from './pg-client';
import { type PostgresSession } from './postgres-session';
import { type SessionFacts } from './postgres-statements';

type Target = Pick<ConnectionSecret, 'host' | 'port' | 'username'>;

/**
 * Refuses a pooler in the place of the server. It knows passwords by a copy of its own, so that it lets in by one that the
 * server refuses and refuses one that the server has; and its sessions are not ours to name or to end.
 *
 * @throws TargetMisconfiguredError
 */
export function assertDirect(
  session: PostgresSession,
  { backendPid }: Pick<SessionFacts, 'backendPid'>,
  target: Target,
): void {
  if (session.isServedBy(backendPid)) return;
  const { host, port = defaultPort } = target;
  throw misconfigured(`${host}:${port} is a pooler, such as PgBouncer, and keeps passwords of its own.`, target);
}

/** An ident map, or a pooler, between us and the server can make another user of the one that signed in. */
export function assertSessionUser({ sessionUser }: Pick<SessionFacts, 'sessionUser'>, target: Target): void {
  const { host, port = defaultPort, username } = target;
  if (sessionUser === username) return;
  throw misconfigured(`${host}:${port} made user "${sessionUser}" of user "${username}".`, target);
}

function misconfigured(what: string, { host, port = defaultPort, username }: Target): TargetMisconfiguredError {
  return new TargetMisconfiguredError(`${what} Name the server itself in the secret, not a pooler.`, {
    engine: 'postgres',
    host,
    port,
    username,
  });
}
