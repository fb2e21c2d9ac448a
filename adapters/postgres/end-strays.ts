import { createHash } from 'node:crypto';
import { type StraySearch } from '../../rotation/database-engine';
import { TargetConflictError } from '../../rotation/errors';
import { assertDirect } from './assert-session';
import { defaultPort } from './pg-client';
import { type PostgresSession } from './postgres-session';
import { quoteIdentifier, type SessionFacts, setLocally } from './postgres-statements';

/** How long the server waits for a session that it was told to end. */
const endTimeoutMs = 2_000;

/**
 * What a session that changes a user is listed as, from its first moment on: the same for every such session, another
 * for every other user, and not so long that the server would cut it.
 */
export function changerOf(username: string): string {
  return `rotor ${createHash('sha256').update(username).digest('base64url').slice(0, 16)}`;
}

/**
 * Two statements that end the sessions which change a user, but for this one and younger ones: of two at the same moment
 * the younger is left. A start that is hidden counts as earlier, and so does one that is still to come, because the
 * server's clock was set back since.
 *
 * They are run as the user that signed in: `ALTER ROLE … SET role` may have put the session into a role that has no power
 * over the user's other sessions.
 */
function endStrayStatements(username: string): string {
  return `SELECT ${setLocally('role', 'none')}, ${setLocally('search_path', '')};
SELECT CASE WHEN own_role.rolsuper OR NOT role.rolsuper
    AND (pg_has_role(role.oid, 'USAGE') OR pg_has_role('pg_signal_backend', 'USAGE'))
  THEN pg_terminate_backend(stray.pid, ${endTimeoutMs}) ELSE false END AS ended
FROM pg_catalog.pg_stat_activity AS own JOIN pg_catalog.pg_roles AS own_role ON own_role.rolname = session_user,
  pg_catalog.pg_stat_activity AS stray JOIN pg_catalog.pg_roles AS role ON role.oid = stray.usesysid
WHERE own.pid = pg_backend_pid() AND stray.pid <> own.pid AND stray.application_name = '${changerOf(username)}'
  AND (stray.backend_start IS NULL OR stray.backend_start > clock_timestamp()
    OR (stray.backend_start, stray.pid) < (own.backend_start, own.pid))`;
}

/** Whose changes to end, as whom, and what to read before in the same round trip. */
interface StrayEnding extends StraySearch {
  /** A statement that yields one row, and in it the server's number for the session. */
  readonly reading: string;
}

/**
 * Ends the sessions in which an earlier change of a user may still wait. Yields the row that was to be read.
 *
 * @throws TargetConflictError while one goes on.
 */
export async function endStrays<Facts extends Pick<SessionFacts, 'backendPid'>>(
  session: PostgresSession,
  { signInAs, username, reading }: StrayEnding,
): Promise<Facts> {
  for (let looks = 0; looks < 2; looks++) {
    const [[row] = [], , strays = []] = await session.batch(`${reading};\n${endStrayStatements(username)}`);
    if (row === undefined) throw new TypeError('A statement that yields one row yielded none.');
    const facts = row as Facts;
    assertDirect(session, facts, signInAs);
    // One that ended by itself at the same moment was not ended, and is not there when looked for again.
    if (strays.every(({ ended }) => ended === true)) return facts;
  }
  throw goesOn({ signInAs, username });
}

function goesOn({ signInAs, username }: StraySearch): TargetConflictError {
  const { host, port = defaultPort } = signInAs;
  const [user, role] = [quoteIdentifier(signInAs.username), quoteIdentifier(username)];
  return new TargetConflictError(
    `Another session of Rotor's at ${host}:${port} is changing ${role}, and user ${user} may not end it. It ends by itself ` +
      `within moments. If it does not, run: GRANT pg_signal_backend TO ${user}`,
    { engine: 'postgres', host, port, username },
  );
}
