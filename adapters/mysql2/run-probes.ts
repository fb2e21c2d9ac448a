import { type TestProbes } from '../../rotation/database-engine';
import { ConfigurationInvalidError } from '../../rotation/errors';
import { type StatementStep } from './failure-rule';
import { type Mysql2Session } from './mysql2-session';
import { quoteIdentifier } from './quoting';

/** How long the server lets a probe run, or wait for a lock. */
const probeTimeoutMs = 5_000;

/** Gives the session back how the server reads statements of its own users, and one row to read. */
const boundProbes = (
  limit: string,
): string => `SET SESSION sql_mode = @@GLOBAL.sql_mode, sql_select_limit = 1, ${limit},
  lock_wait_timeout = ${probeTimeoutMs / 1_000}, innodb_lock_wait_timeout = ${probeTimeoutMs / 1_000}`;

/**
 * Runs the operator's own statements, each in a transaction of its own that is rolled back: what a table keeps that knows
 * no transactions stays, so that such a table is not for write probes. MySQL itself bounds only what reads; a write that
 * outlasts the session's own limit is rolled back when the session is closed.
 *
 * @throws PermissionMissingError, ConfigurationInvalidError; neither shows the statement.
 */
export async function runProbes(session: Mysql2Session, { read = [], write = [] }: TestProbes): Promise<void> {
  const { username } = session.credential;
  await session.read(boundProbes(session.flavour.limitStatements(probeTimeoutMs)));
  for (const [at, text] of write.entries()) {
    const step = stepOf('write-probe', { at, username });
    assertBegins(text, { pattern: /^\s*(?:insert|update|delete|replace)\b/i, wants: 'INSERT, UPDATE or DELETE', step });
    await runProbe(session, { begin: 'START TRANSACTION', statements: [`EXPLAIN ${text}`, text], step });
  }
  // So nothing can write any more, not even a routine that ends the transaction.
  await session.read('SET SESSION TRANSACTION READ ONLY');
  for (const [at, text] of read.entries()) {
    const step = stepOf('read-probe', { at, username });
    await runProbe(session, { begin: 'START TRANSACTION READ ONLY', statements: [text], step });
  }
}

interface Probe {
  readonly begin: string;
  readonly statements: readonly string[];
  readonly step: StatementStep;
}

async function runProbe(session: Mysql2Session, { begin, statements, step }: Probe): Promise<void> {
  await session.read(begin);
  for (const statement of statements) await session.rows(statement, step);
  await session.read('ROLLBACK');
}

/** What else a write probe could be, such as one that creates a table, is not rolled back. */
function assertBegins(
  text: string,
  { pattern, wants, step }: { pattern: RegExp; wants: string; step: StatementStep },
): void {
  if (pattern.test(text)) return;
  throw new ConfigurationInvalidError(`The ${step.probe ?? 'probe'} is no statement that may be one. Use ${wants}.`);
}

function stepOf(
  phase: 'read-probe' | 'write-probe',
  { at, username }: { at: number; username: string },
): StatementStep {
  const privilege = phase === 'read-probe' ? 'SELECT' : 'INSERT, UPDATE, DELETE';
  return {
    phase,
    probe: `${phase.replace('-', ' ')} ${at + 1}`,
    remedy: `GRANT ${privilege} ON what the probe uses TO ${quoteIdentifier(username)}`,
  };
}
