import { createHash } from 'node:crypto';
import { TargetConflictError } from '../../rotation/errors';
import { type Mysql2Session } from './mysql2-session';

/** How long another attempt may be at work before it is taken for one that was given up: a live one is done by then. */
const patienceSeconds = 2;

/** How long an ended session may take to roll back and go. */
const goingSeconds = 5;

/**
 * Makes this session the only one of Rotor's that changes these users, until it is closed. One that is at it already, and
 * does not come to an end, was left behind by an attempt that was given up: it is ended, whatever it waits for. Since the
 * lock goes when its session is over, having it proves that nothing of the other takes effect any more.
 *
 * @throws TargetConflictError where the other session may not be ended, or does not go; nothing was changed then.
 */
export async function takeTurn(session: Mysql2Session, usernames: readonly string[]): Promise<void> {
  // Always in the same order, so that two sessions do not wait for each other.
  for (const username of [...new Set(usernames)].sort()) await lock(session, username);
}

async function lock(session: Mysql2Session, username: string): Promise<void> {
  const name = lockName(username);
  if (await tryLock(session, { name, seconds: patienceSeconds })) return;
  await endHolder(session, name);
  if (await tryLock(session, { name, seconds: goingSeconds })) return;
  throw new TargetConflictError(
    `Another session of Rotor's is changing user "${username}" at ${session.server}. Nothing was changed.`,
    session.idsOf(username),
  );
}

async function tryLock(session: Mysql2Session, { name, seconds }: { name: string; seconds: number }): Promise<boolean> {
  const [row] = await session.read<{ taken: number | null }>(`SELECT GET_LOCK('${name}', ${seconds}) AS taken`);
  return Number(row?.taken) === 1;
}

/** A user may end its own sessions; those of another take CONNECTION_ADMIN, or SUPER. */
async function endHolder(session: Mysql2Session, name: string): Promise<void> {
  const [row] = await session.read<{ holder: number | null }>(`SELECT IS_USED_LOCK('${name}') AS holder`);
  const holder = row?.holder ?? undefined;
  if (holder !== undefined) await session.end(holder);
}

/** The servers keep lock names apart by their first 64 characters, and not by case. */
function lockName(username: string): string {
  return `rotor.${createHash('sha256').update(username).digest('hex').slice(0, 40)}`;
}
