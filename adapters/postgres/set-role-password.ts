import { type PasswordChange } from '../../rotation/database-engine';
import { TargetMisconfiguredError } from '../../rotation/errors';
import { type ConnectionSecret } from '../../rotation/secret-value';
import { endStrays, endStrayStatements, noneIsLeft } from './end-strays';
import { defaultPort } from './pg-client';
import { type PostgresSession } from './postgres-session';
import { changeRolePassword, readSessionFacts, type SessionFacts, tryNoticeLostClient } from './postgres-statements';
import { leastIterations, mostIterations, scramVerifier } from './scram-verifier';

type Target = Pick<ConnectionSecret, 'host' | 'port' | 'username'>;

type Change = Omit<PasswordChange, 'alsoKeep'>;

/** Ends earlier changes of a role, and then gives it its password, signed in as itself or as another, in one transaction. */
export async function setRolePassword(
  session: PostgresSession,
  { signInAs, username, newPassword, stillWanted }: Change,
): Promise<void> {
  const facts = await takeOver(session, { signInAs, username });
  assertUsesPassword(facts, { ...signInAs, username });
  const isOwn = signInAs.username === username;
  if (isOwn) assertSessionUser(facts, signInAs);

  const noticesLostClient = (await session.readIfKnown(tryNoticeLostClient)) !== undefined;
  const leavesRole = isOwn && facts.currentUser !== facts.sessionUser;
  const verifier = await scramVerifier({ password: newPassword, iterations: iterationsFor(facts) });
  await stillWanted?.();
  await session.change(changeRolePassword({ username, verifier, noticesLostClient, leavesRole }));
}

/** Reads what must be known and ends earlier changes, in one round trip where nobody lingers. */
async function takeOver(
  session: PostgresSession,
  { signInAs, username }: Pick<Change, 'signInAs' | 'username'>,
): Promise<SessionFacts> {
  const [[facts] = [], , strays = []] = await session.batch(
    `${readSessionFacts(username)};\n${endStrayStatements(username)}`,
  );
  if (facts === undefined) throw new TypeError('A statement that yields one row yielded none.');
  if (!noneIsLeft(strays)) await endStrays(session, { signInAs, username });
  return facts as SessionFacts;
}

/** A pooler or an ident map between us and the server can make another user of the one that signed in. */
export function assertSessionUser({ sessionUser }: Pick<SessionFacts, 'sessionUser'>, credential: Target): void {
  const { host, port = defaultPort, username } = credential;
  if (sessionUser === username) return;
  throw new TargetMisconfiguredError(
    `${host}:${port} made user "${sessionUser}" of user "${username}". Name the server itself in the secret, not a pooler.`,
    { engine: 'postgres', host, port, username },
  );
}

function iterationsFor({ scramIterations }: SessionFacts): number {
  return Math.min(Math.max(leastIterations, Number(scramIterations ?? 0)), mostIterations);
}

/** Amazon RDS asks IAM or Kerberos about such a user, and never looks at its password. */
function assertUsesPassword({ passwordlessBy }: SessionFacts, { host, port = defaultPort, username }: Target): void {
  if (passwordlessBy === null) return;
  throw new TargetMisconfiguredError(
    `User "${username}" is a member of ${passwordlessBy} at ${host}:${port}: its password is never ` +
      `asked for. Run: REVOKE ${passwordlessBy} FROM "${username}"; or do not rotate it.`,
    { engine: 'postgres', host, port, username },
  );
}
