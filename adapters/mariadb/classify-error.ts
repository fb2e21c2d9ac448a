import {
  OutcomeUnknownError,
  RotationError,
  TargetMisconfiguredError,
  TargetUnavailableError,
} from '../../rotation/errors';
import { type ConnectionSecret } from '../../rotation/secret-value';
import { type FailurePlace, type FailureRule, type Phase } from './failure-rule';
import { failureRules } from './failure-rules';
import { defaultPort } from './mysql2-client';

/** What was going on when it failed. */
export interface FailureContext {
  readonly phase: Phase;
  readonly credential: ConnectionSecret;
  /** The user whose password is changed, where it is another than the credential's. */
  readonly username?: string | undefined;
}

/** A failure of the driver's or the server's, reduced to what is decided by. */
interface Failure {
  readonly phase: Phase;
  readonly code: number | string | undefined;
  readonly text: string;
}

/**
 * The domain error that a failure of the driver's or the server's means: decided by phase and number. Nothing of the
 * original is kept but the number, because the driver's errors hold the statement.
 */
export function classifyError(error: unknown, context: FailureContext): RotationError {
  if (error instanceof RotationError) return error;
  const failure = readFailure(error, context.phase);
  const place = placeOf(context);
  const ids = idsOf(context, failure.code);
  const rule = failureRules.find((candidate) => fits(candidate, failure));
  return rule ? new rule.error(rule.tell(place), ids) : new (otherwise(failure))(tellOther(failure, place), ids);
}

/** The server's own number of an error; undefined for what the driver or Node says. */
export function serverErrorNumber(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('sqlState' in error) || !('errno' in error)) return undefined;
  return typeof error.errno === 'number' && error.errno > 0 ? error.errno : undefined;
}

function readFailure(error: unknown, phase: Phase): Failure {
  return {
    phase: isResolving(error) ? 'resolve' : phase,
    code: serverErrorNumber(error) ?? codeOf(error),
    text: error instanceof Error ? error.message : '',
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
  if (codes && (failure.code === undefined || !codes.includes(failure.code))) return false;
  return text === undefined || text.test(failure.text);
}

/** What no rule knows: the server's own refusals are for good, anything else is a matter of the way there. */
function otherwise({ phase, code }: Failure): FailureRule['error'] {
  if (typeof code === 'number') return TargetMisconfiguredError;
  return phase === 'change' ? OutcomeUnknownError : TargetUnavailableError;
}

function tellOther({ code }: Failure, { server, user }: FailurePlace): string {
  const suffix = code === undefined ? '' : ` (${code})`;
  return typeof code === 'number'
    ? `${server} refused what user ${user} asked for${suffix}. Look the number up in MariaDB's error reference.`
    : `The connection to ${server} was lost or could not be made${suffix}.`;
}

function placeOf({ credential, username }: FailureContext): FailurePlace {
  return {
    server: `${credential.host}:${credential.port ?? defaultPort}`,
    host: credential.host,
    user: quote(credential.username),
    database: quote(credential.dbname ?? ''),
    changed: quote(username ?? credential.username),
    tls: credential.tls,
  };
}

function idsOf(
  { credential: { host, port, username } }: FailureContext,
  code: number | string | undefined,
): RotationError['ids'] {
  return {
    engine: 'mariadb',
    host,
    port: port ?? defaultPort,
    username,
    ...(code === undefined ? {} : { code: String(code) }),
  };
}

/** For a message: a name that cannot be quoted for SQL can still be shown. */
function quote(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}
