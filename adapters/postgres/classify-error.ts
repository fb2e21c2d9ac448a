import { DatabaseError } from 'pg';
import {
  ConfigurationInvalidError,
  OutcomeUnknownError,
  RotationError,
  TargetMisconfiguredError,
  TargetUnavailableError,
  TlsFailedError,
} from '../../rotation/errors';
import { type ConnectionSecret } from '../../rotation/secret-value';
import { type FailurePlace, type FailureRule, type Phase } from './failure-rule';
import { failureRules } from './failure-rules';
import { matchAndProbeRules } from './match-and-probe-rules';
import { defaultDatabase, defaultPort } from './pg-client';

/** What was going on when it failed. */
export interface FailureContext {
  readonly phase: Phase;
  readonly credential: ConnectionSecret;
  /** The role that is changed, or acted as, where it is another than the credential's. */
  readonly role?: string;
  /** Which of the operator's statements it was, such as `read probe 2`. */
  readonly probe?: string;
  /** What to run so that a statement is permitted, by what the server said. */
  readonly remedy?: (refusal: string) => string;
}

const rules = [...matchAndProbeRules, ...failureRules];
const unknownRemedy = 'what the documentation asks for';

/** A failure of the driver's or the server's, reduced to what is decided by. */
interface Failure {
  readonly phase: Phase;
  readonly code: string | undefined;
  readonly text: string;
  readonly fromServer: boolean;
}

/**
 * The domain error that a failure of the driver's or the server's means: decided by phase and code. Nothing of the
 * original is kept but the code, because its text may hold SQL.
 */
export function classifyError(error: unknown, context: FailureContext): RotationError {
  if (error instanceof RotationError) return error;
  const failure = readFailure(error, context.phase);
  const place = placeOf(context, failure);
  const ids = idsOf(context, failure.code);
  const rule = rules.find((candidate) => fits(candidate, failure));
  return rule ? new rule.error(rule.tell(place), ids) : new (otherwise(failure))(tellOther(failure, place), ids);
}

function readFailure(error: unknown, phase: Phase): Failure {
  const code = codeOf(error);
  return {
    phase: isResolving(error) ? 'resolve' : phase,
    code,
    text: error instanceof Error ? error.message : '',
    fromServer: error instanceof DatabaseError,
  };
}

/** A host with several addresses fails with an AggregateError, whose message is empty. */
function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  if ('code' in error && typeof error.code === 'string') return error.code;
  return error instanceof AggregateError ? codeOf(error.errors[0]) : undefined;
}

function isResolving(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error && error.syscall === 'getaddrinfo';
}

function fits({ phases, codes, text }: FailureRule, failure: Failure): boolean {
  if (phases && !phases.includes(failure.phase)) return false;
  if (codes ? !codes.includes(failure.code ?? '') : failure.code !== undefined) return false;
  return text === undefined || text.test(failure.text);
}

/** What no rule knows: the server's own refusals are for good, anything else is a matter of the way there. */
function otherwise({ phase, fromServer }: Failure): FailureRule['error'] {
  if (fromServer) return isProbe(phase) ? ConfigurationInvalidError : TargetMisconfiguredError;
  if (phase === 'change') return OutcomeUnknownError;
  return phase === 'tls' ? TlsFailedError : TargetUnavailableError;
}

function tellOther({ phase, code, fromServer }: Failure, { server, user, probe }: FailurePlace): string {
  const suffix = code === undefined ? '' : ` (${code})`;
  if (fromServer && isProbe(phase))
    return `${server} cannot run the ${probe}${suffix}. Correct it in the configuration.`;
  if (fromServer) return `${server} refused what user ${user} asked for${suffix}. Look the code up in its log.`;
  return phase === 'tls'
    ? `No trusted TLS connection to ${server} could be made${suffix}. Give Rotor the authority's certificate (CA).`
    : `The connection to ${server} was lost or could not be made${suffix}.`;
}

function isProbe(phase: Phase): boolean {
  return phase === 'read-probe' || phase === 'write-probe';
}

function placeOf({ credential, role, probe = 'probe', remedy }: FailureContext, { text }: Failure): FailurePlace {
  const { host, port, username, dbname } = credential;
  return {
    server: `${host}:${port ?? defaultPort}`,
    host,
    user: quote(username),
    database: quote(dbname ?? defaultDatabase),
    role: quote(role ?? username),
    probe,
    remedy: remedy?.(text) ?? unknownRemedy,
  };
}

function idsOf(
  { credential: { host, port, username } }: FailureContext,
  code: string | undefined,
): RotationError['ids'] {
  return { engine: 'postgres', host, port: port ?? defaultPort, username, ...(code === undefined ? {} : { code }) };
}

/** For a message: a name that cannot be quoted for SQL can still be shown. */
function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
