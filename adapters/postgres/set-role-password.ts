import { type PasswordChange } from '../../rotation/database-engine';
import { TargetMisconfiguredError } from '../../rotation/errors';
import { type ConnectionSecret } from '../../rotation/secret-value';
import { assertSessionUser } from './assert-session';
import { endStrays } from './end-strays';
import { defaultPort } from './pg-client';
import { type PostgresSession } from './postgres-session';
import { changeRolePassword, readSessionFacts, type SessionFacts, tryNoticeLostClient } from './postgres-statements';
import { leastIterations, mostIterations, scramVerifier } from './scram-verifier';

type Target = Pick<ConnectionSecret, 'host' | 'port' | 'username'>;

/** Ends earlier changes of a role, and then gives it its password, signed in as itself or as another, in one transaction. */
export async function setRolePassword(
  session: PostgresSession,
  { signInAs, username, newPassword, stillWanted }: Omit<PasswordChange, 'alsoKeep'>,
): Promise<void> {
  const reading = readSessionFacts(username);
  const facts = await endStrays<SessionFacts>(session, { signInAs, username, reading });
  assertUsesPassword(facts, { ...signInAs, username });
  const isOwn = signInAs.username === username;
  if (isOwn) assertSessionUser(facts, signInAs);

  const noticesLostClient = (await session.readIfKnown(tryNoticeLostClient)) !== undefined;
  const leavesRole = isOwn && facts.currentUser !== facts.sessionUser;
  const verifier = await scramVerifier({ password: newPassword, iterations: iterationsFor(facts) });
  await stillWanted?.();
  await session.change(changeRolePassword({ username, verifier, noticesLostClient, leavesRole }));
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
