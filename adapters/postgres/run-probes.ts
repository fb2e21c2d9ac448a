import { type TestProbes } from '../../rotation/database-engine';
import { type PostgresSession, type StatementStep } from './postgres-session';
import { quoteIdentifier, setLocally } from './postgres-statements';

/** How long the server lets a probe run, or wait for a lock. */
const probeTimeoutMs = 5_000;

const limits = ['statement_timeout', 'lock_timeout'].map((name) => setLocally(name, String(probeTimeoutMs))).join(', ');
const begin = { 'read-probe': 'BEGIN READ ONLY', 'write-probe': 'BEGIN' } as const;

interface Probe {
  readonly kind: keyof typeof begin;
  readonly number: number;
  readonly text: string;
  /** Whom the session acts as: who lacks what a probe is refused. */
  readonly role: string;
}

/**
 * Runs the operator's own statements, each in a transaction of its own that is rolled back. A statement is sent so that
 * it cannot be more than one.
 *
 * @throws PermissionMissingError, ConfigurationInvalidError; neither shows the statement.
 */
export async function runProbes(
  session: PostgresSession,
  { probes: { read = [], write = [] }, role }: { probes: TestProbes; role: string },
): Promise<void> {
  for (const [at, text] of read.entries()) await runProbe(session, { kind: 'read-probe', number: at + 1, text, role });
  for (const [at, text] of write.entries())
    await runProbe(session, { kind: 'write-probe', number: at + 1, text, role });
}

async function runProbe(session: PostgresSession, probe: Probe): Promise<void> {
  const { kind, text } = probe;
  const step = stepOf(probe);
  await session.rows(begin[kind], step);
  await session.rows(`SELECT ${limits}`, step);
  for (const statement of kind === 'read-probe' ? reading(text) : writing(text)) await session.rows(statement, step);
  await session.rows('ROLLBACK', step);
}

/** A cursor takes only what reads, and its first row is enough. */
function reading(text: string): string[] {
  return [`DECLARE rotor_probe NO SCROLL CURSOR FOR ${text}`, 'FETCH FORWARD 1 FROM rotor_probe'];
}

/** EXPLAIN takes only what can be planned, and checks the privileges. Only the run shows a sequence that is denied. */
function writing(text: string): string[] {
  return [`EXPLAIN ${text}`, text];
}

function stepOf({ kind, number, text, role }: Probe): StatementStep {
  const privilege = kind === 'read-probe' ? 'SELECT' : writePrivilege(text);
  return {
    phase: kind,
    role,
    probe: `${kind.replace('-', ' ')} ${number}`,
    remedy: (refusal) => grantFor(refusal, { privilege, role }),
  };
}

function writePrivilege(text: string): string {
  const [verb = 'INSERT, UPDATE, DELETE'] = /^(insert|update|delete)\b/i.exec(text.trimStart()) ?? [];
  return verb.toUpperCase();
}

/** The server names what it denies, in English; it does not say which privilege was missing. */
function grantFor(refusal: string, { privilege, role }: { privilege: string; role: string }): string {
  const [, kind = '', name = ''] = /^permission denied for (\w+) (.+)$/.exec(refusal) ?? [];
  const grantee = quoteIdentifier(role);
  if (name === '') return `GRANT ${privilege} ON what the probe uses TO ${grantee}`;
  const what = { schema: 'USAGE', sequence: 'USAGE', function: 'EXECUTE', procedure: 'EXECUTE' }[kind] ?? privilege;
  const type = ['schema', 'sequence', 'function', 'procedure'].includes(kind) ? `${kind.toUpperCase()} ` : '';
  return `GRANT ${what} ON ${type}${name} TO ${grantee}`;
}
