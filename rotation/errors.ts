/**
 * What may be told about a failure: identifiers only, never a value of a secret and never SQL.
 */
export interface FailureIds {
  readonly secretId?: string;
  readonly versionId?: string;
  readonly clientRequestToken?: string;
  readonly engine?: string;
  readonly host?: string;
  readonly port?: number;
  readonly username?: string;
  readonly code?: string;
}

/**
 * A failure whose meaning Rotor knows.
 *
 * `name` is the failure's type on the wire (`ApplicationFailure.type`): it is a contract and never changes.
 * `message` tells an operator what happened and what to do, and holds neither a secret nor SQL.
 */
export abstract class RotationError extends Error {
  /** Whether the same call may succeed later without anybody's help. */
  abstract readonly retryable: boolean;

  constructor(
    message: string,
    readonly ids: FailureIds = {},
    /** How long the other side asks to be left alone, in milliseconds. */
    readonly retryAfterMs?: number,
  ) {
    super(message);
  }
}

/** The target cannot be reached, or is starting, stopping or full: time heals it. */
export class TargetUnavailableError extends RotationError {
  override readonly name = 'TargetUnavailable';
  readonly retryable = true;
}

/** Nothing at all came from the target in the time that it was given, as where a firewall swallows packets. */
export class TargetSilentError extends TargetUnavailableError {
  constructor(
    message: string,
    ids: FailureIds = {},
    /** How long the next attempt waits at the least, in milliseconds. */
    readonly waitAtLeastMs = 0,
  ) {
    super(message, ids);
  }
}

/** A statement was sent and its answer never came. Whoever retries asks the target by signing in before acting. */
export class OutcomeUnknownError extends RotationError {
  override readonly name = 'OutcomeUnknown';
  readonly retryable = true;
}

/** The target answers, but only for reading: a standby, or a failover that is not over yet. */
export class TargetReadOnlyError extends RotationError {
  override readonly name = 'TargetReadOnly';
  readonly retryable = true;
}

/** Another session changed the same user at the same moment. */
export class TargetConflictError extends RotationError {
  override readonly name = 'TargetConflict';
  readonly retryable = true;
}

/** The target refused a credential. The message says whose. */
export class SignInRefusedError extends RotationError {
  override readonly name = 'SignInRefused';
  readonly retryable = false;
}

/** The user exists but may not sign in: locked, expired or without the LOGIN attribute. */
export class AccountBlockedError extends RotationError {
  override readonly name = 'AccountBlocked';
  readonly retryable = false;
}

/** A privilege is missing. The message names the grant to run. */
export class PermissionMissingError extends RotationError {
  override readonly name = 'PermissionMissing';
  readonly retryable = false;
}

/** The target's password policy refused the generated password: another one, under a new token, may pass. */
export class PasswordRejectedError extends RotationError {
  override readonly name = 'PasswordRejected';
  readonly retryable = false;
}

/** The pending version names another server, database or user than the current one. Nothing was changed. */
export class WrongTargetError extends RotationError {
  override readonly name = 'WrongTarget';
  readonly retryable = false;
}

/** The target accepted the credential without checking it, so that the test proves nothing. */
export class CannotVerifyError extends RotationError {
  override readonly name = 'CannotVerify';
  readonly retryable = false;
}

/** No trusted TLS connection could be made. Rotor never falls back to plaintext. */
export class TlsFailedError extends RotationError {
  override readonly name = 'TlsFailed';
  readonly retryable = false;
}

/** The target, or what it was asked for, is configured in a way that no retry can change. */
export class TargetMisconfiguredError extends RotationError {
  override readonly name = 'TargetMisconfigured';
  readonly retryable = false;
}

/** The secret's text is not the JSON that a rotation needs. */
export class MalformedSecretError extends RotationError {
  override readonly name = 'MalformedSecret';
  readonly retryable = false;
}

/** A setting of the rotation is wrong, or names something that Rotor does not have. */
export class ConfigurationInvalidError extends RotationError {
  override readonly name = 'ConfigurationInvalid';
  readonly retryable = false;
}

/** No such secret, or it has no value yet. */
export class SecretNotFoundError extends RotationError {
  override readonly name = 'SecretNotFound';
  readonly retryable = false;
}

/** The secret may not be rotated by Rotor: it is scheduled for deletion, or a service rotates it. */
export class SecretNotRotatableError extends RotationError {
  override readonly name = 'SecretNotRotatable';
  readonly retryable = false;
}

/** The secret store refused the caller. The message names the permission. */
export class StoreAccessDeniedError extends RotationError {
  override readonly name = 'StoreAccessDenied';
  readonly retryable = false;
}

/** The secret store refused the request for a reason that no retry can change. */
export class StoreRequestRefusedError extends RotationError {
  override readonly name = 'StoreRequestRefused';
  readonly retryable = false;
}

/** The secret store asks its callers to slow down. */
export class StoreThrottledError extends RotationError {
  override readonly name = 'StoreThrottled';
  readonly retryable = true;
}

/** The secret store cannot be reached, or what was just written cannot be read yet. */
export class StoreUnavailableError extends RotationError {
  override readonly name = 'StoreUnavailable';
  readonly retryable = true;
}

/** Another rotation of this secret has not ended. */
export class RotationInProgressError extends RotationError {
  override readonly name = 'RotationInProgress';
  readonly retryable = false;
}

/** Somebody else moved AWSCURRENT or AWSPENDING while the rotation ran: its own result must not be promoted. */
export class RotationSupersededError extends RotationError {
  override readonly name = 'RotationSuperseded';
  readonly retryable = false;
}

/** Temporal could not be asked about the secret's Schedule, or has not taken over what it was told yet. */
export class ScheduleUnavailableError extends RotationError {
  override readonly name = 'ScheduleUnavailable';
  readonly retryable = true;
}

/** A receiver of events did not take one: it is down, slow or overloaded, not there yet, or does not let Rotor in. */
export class EventUndeliveredError extends RotationError {
  override readonly name = 'EventUndelivered';
  readonly retryable = true;
}

/** A receiver of events cannot take one, now or later. */
export class EventRefusedError extends RotationError {
  override readonly name = 'EventRefused';
  readonly retryable = false;
}
