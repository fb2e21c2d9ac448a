import { inspect } from 'node:util';
import { DatabaseError } from 'pg';
import { classifyError, type FailureContext } from '../../../adapters/postgres/classify-error';
import { type Phase } from '../../../adapters/postgres/failure-rule';
import { failureRules } from '../../../adapters/postgres/failure-rules';
import { matchAndProbeRules } from '../../../adapters/postgres/match-and-probe-rules';
import { RotationError, TargetConflictError } from '../../../rotation/errors';
import { Sensitive } from '../../../rotation/sensitive';

const context = (phase: Phase): FailureContext => ({
  phase,
  credential: {
    engine: 'postgres',
    host: 'db.internal',
    username: 'rot"ator',
    password: new Sensitive('never shown'),
    tls: true,
  },
  role: 'app',
});

const fromServer = (code: string, text = ''): DatabaseError =>
  Object.assign(new DatabaseError(text, text.length, 'error'), { code });

const fromNode = (code: string, more: object = {}): Error =>
  Object.assign(new Error(`${code} by Node`), { code, ...more });

describe('classifyError', () => {
  it.each<[Phase, string, string]>([
    ['authenticate', '28P01', 'SignInRefused'],
    ['authenticate', '28000', 'AccountBlocked'],
    ['authenticate', '3D000', 'TargetMisconfigured'],
    ['authenticate', '42501', 'PermissionMissing'],
    ['authenticate', '53300', 'TargetUnavailable'],
    ['authenticate', '57P03', 'TargetUnavailable'],
    ['authenticate', '57P01', 'TargetUnavailable'],
    ['authenticate', '57P02', 'TargetUnavailable'],
    ['authenticate', '08P01', 'TargetMisconfigured'],
    ['authenticate', 'F0000', 'TargetMisconfigured'],
    ['statement', '57P01', 'TargetUnavailable'],
    ['statement', '57014', 'TargetUnavailable'],
    ['statement', '42501', 'PermissionMissing'],
    ['change', '42501', 'PermissionMissing'],
    ['change', '42704', 'TargetMisconfigured'],
    ['change', '22023', 'PasswordRejected'],
    ['change', '28P01', 'PasswordRejected'],
    ['change', '28000', 'PasswordRejected'],
    ['change', '25006', 'TargetReadOnly'],
    ['change', '55P03', 'TargetConflict'],
    ['change', '40001', 'TargetConflict'],
    ['change', '40P01', 'TargetConflict'],
    ['change', '57014', 'TargetUnavailable'],
    ['change', '57P01', 'OutcomeUnknown'],
    ['change', '57P02', 'OutcomeUnknown'],
    ['change', '53100', 'TargetUnavailable'],
    ['change', '53200', 'TargetUnavailable'],
    ['change', '54000', 'TargetMisconfigured'],
    ['change', '42601', 'TargetMisconfigured'],
    ['change', 'XX000', 'TargetMisconfigured'],
    ['match', '42501', 'PermissionMissing'],
    ['match', '42710', 'TargetConflict'],
    ['match', '23505', 'TargetConflict'],
    ['match', '55P03', 'TargetConflict'],
    ['match', '57014', 'TargetUnavailable'],
    ['match', '57P01', 'TargetUnavailable'],
    ['match', '0LP01', 'TargetMisconfigured'],
    ['match', '22023', 'TargetMisconfigured'],
    ['match', '25006', 'TargetReadOnly'],
    ['read-probe', '42501', 'PermissionMissing'],
    ['read-probe', '25006', 'ConfigurationInvalid'],
    ['read-probe', '57014', 'ConfigurationInvalid'],
    ['read-probe', '42601', 'ConfigurationInvalid'],
    ['read-probe', '57P01', 'TargetUnavailable'],
    ['write-probe', '42501', 'PermissionMissing'],
    ['write-probe', '25006', 'TargetReadOnly'],
    ['write-probe', '42P01', 'ConfigurationInvalid'],
    ['write-probe', '55P03', 'TargetConflict'],
    ['write-probe', '53100', 'TargetUnavailable'],
  ])('in the phase %s takes the code %s of the server for %s', (phase, code, name) => {
    expect(classifyError(fromServer(code), context(phase))).toMatchObject({ name, ids: { code } });
  });

  it.each<[Phase, string, string]>([
    ['connect', 'ECONNREFUSED', 'TargetUnavailable'],
    ['connect', 'ECONNRESET', 'TargetUnavailable'],
    ['connect', 'EHOSTUNREACH', 'TargetUnavailable'],
    ['connect', 'ENETUNREACH', 'TargetUnavailable'],
    ['connect', 'ETIMEDOUT', 'TargetUnavailable'],
    ['connect', 'ESOMETHING', 'TargetUnavailable'],
    ['tls', 'ECONNRESET', 'TargetUnavailable'],
    ['tls', 'CERT_HAS_EXPIRED', 'TlsFailed'],
    ['tls', 'ERR_TLS_CERT_ALTNAME_INVALID', 'TlsFailed'],
    ['tls', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'TlsFailed'],
    ['tls', 'SELF_SIGNED_CERT_IN_CHAIN', 'TlsFailed'],
    ['tls', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'TlsFailed'],
    ['tls', 'ERR_SSL_WRONG_VERSION_NUMBER', 'TlsFailed'],
    ['statement', 'ECONNRESET', 'TargetUnavailable'],
    ['statement', 'EPIPE', 'TargetUnavailable'],
    ['change', 'ECONNRESET', 'OutcomeUnknown'],
    ['change', 'EPIPE', 'OutcomeUnknown'],
    ['change', 'ETIMEDOUT', 'OutcomeUnknown'],
    ['change', 'ERR_STREAM_DESTROYED', 'OutcomeUnknown'],
  ])('in the phase %s takes the code %s of Node for %s', (phase, code, name) => {
    expect(classifyError(fromNode(code), context(phase))).toMatchObject({ name, ids: { code } });
  });

  it.each<[Phase, string, string]>([
    ['connect', 'timeout expired', 'TargetUnavailable'],
    ['tls', 'timeout expired', 'TargetUnavailable'],
    ['change', 'timeout expired', 'OutcomeUnknown'],
    ['tls', 'Connection terminated unexpectedly', 'TargetUnavailable'],
    ['authenticate', 'Connection terminated unexpectedly', 'TargetUnavailable'],
    ['change', 'Connection terminated unexpectedly', 'OutcomeUnknown'],
    ['change', 'Query read timeout', 'OutcomeUnknown'],
    ['change', 'Client has encountered a connection error and is not queryable', 'TargetUnavailable'],
    ['tls', 'The server does not support SSL connections', 'TlsFailed'],
    ['tls', 'There was an error establishing an SSL connection', 'TlsFailed'],
    ['authenticate', 'Unknown authenticationOk message type 13', 'TargetMisconfigured'],
    ['authenticate', 'SASL: Only mechanism(s) SCRAM-SHA-256 are supported', 'TargetMisconfigured'],
    ['authenticate', 'SASL: SCRAM-SERVER-FINAL-MESSAGE: server signature does not match', 'CannotVerify'],
  ])('in the phase %s takes the text %j without a code for %s', (phase, text, name) => {
    expect(classifyError(new Error(text), context(phase))).toMatchObject({ name });
  });

  it('tells a concurrent change from other internal errors by the text that is never translated', () => {
    const error = fromServer('XX000', 'tuple concurrently updated');

    expect(classifyError(error, context('change'))).toBeInstanceOf(TargetConflictError);
  });

  it.each(['ENOTFOUND', 'EAI_AGAIN'])('takes %s while resolving for unavailable and names the host', (code) => {
    const error = classifyError(fromNode(code, { syscall: 'getaddrinfo' }), context('connect'));

    expect(error).toMatchObject({
      name: 'TargetUnavailable',
      message: expect.stringContaining('db.internal') as string,
    });
  });

  it('looks into an AggregateError with an empty message', () => {
    const error = new AggregateError([fromNode('ECONNREFUSED'), fromNode('ECONNREFUSED')], '');

    expect(classifyError(error, context('connect'))).toMatchObject({ ids: { code: 'ECONNREFUSED' } });
  });

  it('leaves a domain error as it is', () => {
    const error = new TargetConflictError('of mine');

    expect(classifyError(error, context('change'))).toBe(error);
  });

  it.each([undefined, null, 'text', 7, {}])('makes a domain error of %p too', (thrown) => {
    expect(classifyError(thrown, context('statement'))).toBeInstanceOf(RotationError);
  });

  it('keeps nothing of the original but the code', () => {
    const error = fromServer('42601', `syntax error at "ALTER ROLE app PASSWORD 'never shown'"`);
    Object.assign(error, { detail: 'never shown', where: 'never shown', internalQuery: 'never shown' });

    const shown = inspect(classifyError(error, context('change')), { depth: Infinity, showHidden: true });

    expect(shown).not.toContain('never shown');
    expect(shown).not.toContain('PASSWORD');
  });
});

describe('every rule', () => {
  const place = {
    server: 'db.internal:5432',
    host: 'db.internal',
    user: '"rot""ator"',
    database: '"postgres"',
    role: '"app"',
    probe: 'read probe 1',
    remedy: 'GRANT SELECT ON TABLE orders TO "app"',
  };

  it('says where it happened, in sentences', () => {
    for (const rule of [...matchAndProbeRules, ...failureRules]) {
      const text = rule.tell(place);
      expect(text).toMatch(/db\.internal|read probe 1/);
      expect(text).toMatch(/^["A-Za-z].*[.A-Z")]$/s);
    }
  });

  it('quotes names in what is to be run as PostgreSQL does', () => {
    const error = classifyError(fromServer('42501'), context('change'));

    expect(error.message).toContain('GRANT "app" TO "rot""ator" WITH ADMIN OPTION');
  });
});
