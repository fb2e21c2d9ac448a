import {
  ConfigurationInvalidError,
  OutcomeUnknownError,
  RotationError,
  TargetMisconfiguredError,
  TargetUnavailableError,
} from '../../rotation/errors';
import { type ConnectionSecret } from '../../rotation/secret-value';
import { type FailurePlace, type FailureRule, type Phase, type StatementStep } from './failure-rule';
import { type Flavour } from './flavour';
import { defaultPort } from './mysql2-client';

/** What was going on when it failed. */
export interface FailureContext extends StatementStep {
  readonly credential: ConnectionSecret;
  readonly flavour: Flavour;
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
  const { failureRules, product } = context.flavour;
  const rule = failureRules.find((candidate) => fits(candidate, failure));
  if (rule) return new rule.error(rule.tell(place), ids);
  return new (otherwise(failure))(tellOther(failure, { ...place, product }), ids);
}

/** What an error says of itself. Node's own are not of this realm's class everywhere, so that the class is not asked. */
interface Said {
  readonly message?: unknown;
  readonly code?: unknown;
  readonly errno?: unknown;
  readonly sqlState?: unknown;
  readonly syscall?: unknown;
}

/** The server's own number of an error; undefined for what the driver or Node says. */
export function serverErrorNumber(error: unknown): number | undefined {
  const { errno, sqlState } = said(error);
  return typeof sqlState === 'string' && typeof errno === 'number' && errno > 0 ? errno : undefined;
}

function said(error: unknown): Said {
  return typeof error === 'object' && error !== null ? error : {};
}

function readFailure(error: unknown, phase: Phase): Failure {
  const { message, code, syscall } = said(error);
  return {
    phase: syscall === 'getaddrinfo' ? 'resolve' : phase,
    code: serverErrorNumber(error) ?? (typeof code === 'string' ? code : undefined),
    text: typeof message === 'string' ? message : '',
  };
}

function fits({ phases, codes, text }: FailureRule, failure: Failure): boolean {
  if (phases && !phases.includes(failure.phase)) return false;
  if (codes && (failure.code === undefined || !codes.includes(failure.code))) return false;
  return text === undefined || text.test(failure.text);
}

/** What no rule knows: the server's own refusals are for good, those of a probe are the configuration's, anything else is a matter of the way there. */
function otherwise({ phase, code }: Failure): FailureRule['error'] {
  if (typeof code === 'number') return isProbe(phase) ? ConfigurationInvalidError : TargetMisconfiguredError;
  return phase === 'change' ? OutcomeUnknownError : TargetUnavailableError;
}

function isProbe(phase: Phase): boolean {
  return phase === 'read-probe' || phase === 'write-probe';
}

function tellOther({ phase, code }: Failure, place: FailurePlace & { readonly product: string }): string {
  const { server, user, probe, product } = place;
  const suffix = code === undefined ? '' : ` (${code})`;
  if (typeof code === 'number' && isProbe(phase)) {
    return `${server} cannot run the ${probe}${suffix}. Correct it in the configuration, or what it needs in the database.`;
  }
  return typeof code === 'number'
    ? `${server} refused what user ${user} asked for${suffix}. Look the number up in ${product}'s error reference.`
    : `The connection to ${server} was lost or could not be made${suffix}.`;
}

function placeOf({ credential, username, probe = '', remedy = '' }: FailureContext): FailurePlace {
  return {
    server: `${credential.host}:${credential.port ?? defaultPort}`,
    host: credential.host,
    user: quote(credential.username),
    database: quote(credential.dbname ?? ''),
    changed: quote(username ?? credential.username),
    tls: credential.tls,
    probe,
    remedy,
  };
}

function idsOf(
  { credential: { host, port, username }, flavour: { engine } }: FailureContext,
  code: number | string | undefined,
): RotationError['ids'] {
  return {
    engine,
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
