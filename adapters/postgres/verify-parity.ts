import { type UserPair } from '../../rotation/database-engine';
import { PermissionMissingError } from '../../rotation/errors';
import { assertMatchable, roleTransactionSettings } from './match-roles';
import { defaultPort } from './pg-client';
import { planParity } from './plan-parity';
import { type PostgresSession, type StatementStep } from './postgres-session';
import { quoteIdentifier } from './postgres-statements';
import { type MissingRight, readMissingRight } from './right-queries';
import { readRoleFacts } from './role-facts';
import { pairOf } from './role-pair';
import { readRoleSituation, type RoleSituation } from './role-situation';

/** What to compare, and what the alternate's own session was seen to act as. */
export interface ParityCheck {
  readonly parity: UserPair;
  readonly actsAs: string;
}

/** What the alternate lacks, and what gives it to it. */
interface Lack {
  readonly purpose: string;
  readonly remedy: string;
}

/**
 * Compares what the two users of a pair may do, in a session of the superuser's, and changes nothing. The comparison is
 * by what is in effect, so that no way by which a right comes to a user is forgotten; and by what would still be done to
 * bring the two to parity.
 *
 * @throws PermissionMissingError naming the first right that the alternate lacks.
 */
export async function verifyParity(session: PostgresSession, { parity, actsAs }: ParityCheck): Promise<void> {
  const names = { original: parity.original.username, alternate: parity.alternate.username };
  const step: StatementStep = { phase: 'match', role: names.alternate };
  await session.rows('BEGIN READ ONLY', step);
  await session.rows(roleTransactionSettings, step);
  const situation = await readRoleSituation(session, { names, step });
  assertMatchable(situation, parity.superuser);

  const lack = await findLack(session, { situation, actsAs, step });
  if (lack) throw lacking(lack, { parity, actsAs });
  await session.rows('ROLLBACK', step);
}

async function findLack(
  session: PostgresSession,
  { situation, actsAs, step }: { situation: RoleSituation; actsAs: string; step: StatementStep },
): Promise<Lack | undefined> {
  const { original, alternate, version } = situation;
  const user = quoteIdentifier(alternate);
  if (!situation.alternateExists) return { purpose: 'everything: it does not exist', remedy: `CREATE ROLE ${user}` };
  const pair = pairOf(situation);
  const [planned] = planParity({
    pair,
    facts: await readRoleFacts(session, { pair, version, step }),
    writer: situation,
  });
  if (planned)
    return { purpose: planned.purpose, remedy: planned.text === planned.remedy ? planned.text : rotateAgain };
  if (actsAs !== pair.shared) {
    const shared = quoteIdentifier(pair.shared);
    return { purpose: `the role ${shared} to act as`, remedy: `GRANT ${shared} TO ${user}` };
  }
  const values = [original, situation.actsAs, actsAs];
  const [right] = await session.rows<MissingRight>(readMissingRight(version), { ...step, values });
  return right && lackOf(right, actsAs);
}

const rotateAgain = 'the rotation again, which brings both users to parity';

function lackOf({ privilege, kind, object }: MissingRight, role: string): Lack {
  const to = quoteIdentifier(role);
  const remedy =
    privilege === 'OWNERSHIP'
      ? `ALTER ${kind} ${object} OWNER TO ${to}`
      : `GRANT ${privilege} ON ${kind} ${object} TO ${to}`;
  return { purpose: `${privilege} ON ${kind} ${object}`, remedy };
}

function lacking({ purpose, remedy }: Lack, { parity }: ParityCheck): PermissionMissingError {
  const { host, port = defaultPort, username } = parity.alternate;
  return new PermissionMissingError(
    `User ${quoteIdentifier(username)} at ${host}:${port} lacks what ${quoteIdentifier(parity.original.username)} has: ` +
      `${purpose}. Run: ${remedy}`,
    { engine: 'postgres', host, port, username },
  );
}
