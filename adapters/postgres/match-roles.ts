import { type UserMatch } from '../../rotation/database-engine';
import { PermissionMissingError, TargetMisconfiguredError } from '../../rotation/errors';
import { type ConnectionSecret } from '../../rotation/secret-value';
import { endStrays } from './end-strays';
import { defaultPort } from './pg-client';
import { planParity } from './plan-parity';
import { type PostgresSession, type StatementStep } from './postgres-session';
import { lockTimeoutMs, quoteIdentifier, readBackend, setLocally, statementTimeoutMs } from './postgres-statements';
import { readRoleFacts } from './role-facts';
import { isCloneOf, pairOf } from './role-pair';
import { readRoleSituation, type RoleSituation, type UserNames } from './role-situation';
import { createRole, type RoleStatement } from './role-statements';

/** What every transaction about roles lives by, until it ends. */
export const roleTransactionSettings = `SELECT ${[
  setLocally('search_path', ''),
  setLocally('DateStyle', 'ISO'),
  setLocally('lock_timeout', String(lockTimeoutMs)),
  setLocally('statement_timeout', String(statementTimeoutMs)),
].join(', ')}`;

/** Lets one session at a time bring two users to parity, of whom `$1` tells. */
const takeTurn = `${roleTransactionSettings}, pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended($1, 0))`;

/**
 * Makes the alternate user exist, without a password, and brings both to parity, in one transaction. Answers whether
 * anything had to be changed.
 *
 * @throws PermissionMissingError naming what to run; TargetMisconfiguredError for users that may not be matched; nothing
 * was changed then.
 */
export async function matchRoles(
  session: PostgresSession,
  { superuser, original, alternate, stillWanted }: UserMatch,
): Promise<boolean> {
  const names = { original: original.username, alternate: alternate.username };
  const step: StatementStep = { phase: 'match', role: alternate.username };
  await endStrays(session, { signInAs: superuser, username: alternate.username, reading: readBackend });
  await session.rows('BEGIN', step);
  await session.rows(takeTurn, { ...step, values: [turnOf(names)] });

  const situation = await readRoleSituation(session, { names, step });
  assertMatchable(situation, superuser);
  const isCreated = !situation.alternateExists;
  if (isCreated) {
    await stillWanted?.();
    await run(session, [createRole(names.alternate, situation)]);
  }

  const pair = pairOf(situation);
  const facts = await readRoleFacts(session, { pair, version: situation.version, step });
  const plan = planParity({ pair, facts, writer: situation });
  const changed = isCreated || plan.length > 0;
  if (changed && !isCreated) await stillWanted?.();
  await run(session, plan);
  if (changed) await session.change('COMMIT');
  else await session.rows('ROLLBACK', step);
  return changed;
}

/** The same whichever of the two is the original. */
function turnOf({ original, alternate }: UserNames): string {
  return `rotor ${[original, alternate].sort().join(' ')}`;
}

async function run(session: PostgresSession, statements: readonly RoleStatement[]): Promise<void> {
  for (const { text, remedy } of statements) await session.rows(text, { phase: 'match', remedy: () => remedy });
}

/**
 * Refuses what would hand out more than the original's rights, or what no password opens.
 *
 * @throws PermissionMissingError, TargetMisconfiguredError
 */
export function assertMatchable(situation: RoleSituation, superuser: ConnectionSecret): void {
  const { host, port = defaultPort } = superuser;
  const ids = { engine: 'postgres', host, port, username: situation.alternate };
  const refusal = whyNot(situation, superuser);
  if (refusal !== undefined) throw new TargetMisconfiguredError(`${refusal} (${host}:${port})`, ids);
  if (isStranger(situation)) throw new PermissionMissingError(`${tellStranger(situation)} (${host}:${port})`, ids);
}

function whyNot(situation: RoleSituation, { username }: ConnectionSecret): string | undefined {
  const { original, alternate, superusers, passwordlessBy } = situation;
  const [superuser] = superusers;
  if (!situation.originalExists) return `There is no user ${quoteIdentifier(original)}.`;
  if (superuser !== undefined) {
    const name = quoteIdentifier(superuser);
    return `${name} is a superuser, which no application's user may be here. Run: ALTER ROLE ${name} NOSUPERUSER`;
  }
  if (username === alternate) {
    return `The alternate user ${quoteIdentifier(alternate)} is the one of the superuser's secret. Use another superuser.`;
  }
  if (passwordlessBy === null) return undefined;
  return `${quoteIdentifier(original)} or its alternate is a member of ${passwordlessBy}: passwords are never asked for.`;
}

/** A user whose name happens to end so must not be given the password of the one without the ending. */
function isStranger(situation: RoleSituation): boolean {
  const { original, alternate, alternateExists, originalIsInAlternate, alternateIsInOriginal } = situation;
  if (!alternateExists || !isCloneOf(original, alternate)) return false;
  return !(originalIsInAlternate || alternateIsInOriginal || situation.bothAreInShared);
}

function tellStranger({ original, alternate }: RoleSituation): string {
  const [clone, base] = [quoteIdentifier(original), quoteIdentifier(alternate)];
  return (
    `The user ${base} exists, and ${clone} has nothing to do with it, so its password is not changed. ` +
    `If both are one application's, run: GRANT ${base} TO ${clone}`
  );
}
