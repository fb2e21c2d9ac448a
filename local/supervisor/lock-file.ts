import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { link, rm, writeFile } from 'node:fs/promises';
import { errorCode } from './error-code';
import { identifyMyself, isRunning, type ProcessIdentity } from './process-identity';
import { readJson } from './read-json';

/** A lock that this process holds. */
export interface HeldLock {
  /** Lets others have it. */
  release(): Promise<void>;
}

/** What came of asking for a lock: the lock, or the living process that has it. */
export type LockAttempt = { held: HeldLock } | { holder: ProcessIdentity };

interface LockRecord extends ProcessIdentity {
  id: string;
}

const UNREADABLE: LockRecord = { pid: 0, startTime: '', id: 'unreadable' };

/**
 * Takes the lock unless a living process has it. The lock of a dead process counts as free.
 *
 * The file carries its holder from the instant it exists, so a holder killed at any moment leaves a lock that can be judged.
 */
export async function tryLock(file: string): Promise<LockAttempt> {
  const mine: LockRecord = { ...identifyMyself(), id: randomUUID() };
  for (;;) {
    if (await createExclusively(file, mine)) return { held: { release: () => rm(file, { force: true }) } };
    const holder = readRecord(file);
    if (holder === undefined) continue; // released in the meantime
    if (isRunning(holder)) return { holder };
    await removeDeadLock(file, holder);
  }
}

/**
 * Two processes may find the same dead lock: without a lock of its own, the slower one would remove what the faster one
 * has just created. That second lock is named after the dead one, so it can be taken over in the same way.
 */
async function removeDeadLock(file: string, dead: LockRecord): Promise<void> {
  const attempt = await tryLock(`${file}.${dead.id}`);
  if ('holder' in attempt) return;
  try {
    if (readRecord(file)?.id === dead.id) await rm(file, { force: true });
  } finally {
    await attempt.held.release();
  }
}

async function createExclusively(file: string, record: LockRecord): Promise<boolean> {
  const draft = `${file}.${record.id}.draft`;
  await writeFile(draft, JSON.stringify(record), { mode: 0o600 });
  try {
    await link(draft, file);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

/** A file without a record is what a power failure leaves; its holder is dead for sure. */
function readRecord(file: string): LockRecord | undefined {
  const record = readJson(file) as LockRecord | undefined;
  return record ?? (existsSync(file) ? UNREADABLE : undefined);
}
