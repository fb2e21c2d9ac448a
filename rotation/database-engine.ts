import { type ConnectionSecret } from './secret-value';
import { type Sensitive } from './sensitive';

/** A password to give to a user, and the credential to sign in with for doing it. */
export interface PasswordChange {
  readonly signInAs: ConnectionSecret;
  readonly username: string;
  readonly newPassword: Sensitive;
}

/**
 * One kind of database server.
 *
 * Each member opens a connection of its own and closes it before it answers. A credential that the server refuses is
 * a fact; a server that cannot be asked is an error, and the two are never confused: `TargetUnavailableError`,
 * `OutcomeUnknownError`, `TargetReadOnlyError`, `TargetConflictError`, `AccountBlockedError`, `PermissionMissingError`,
 * `TlsFailedError` and `TargetMisconfiguredError` may come from every member that connects. No error of the driver's
 * is passed on.
 */
export interface DatabaseEngine {
  /** The engine's name for logs and metrics; no behaviour may hang on it. */
  readonly name: string;

  /**
   * Checks, without a connection, that the secret can be used with this engine: names, lengths, port.
   *
   * @throws MalformedSecretError
   */
  validate(secret: ConnectionSecret): void;

  /** Whether the server accepts this credential. */
  canSignIn(credential: ConnectionSecret): Promise<boolean>;

  /**
   * Gives a user a password. Sends a verifier, never the password itself. Safe to repeat.
   *
   * @throws SignInRefusedError when `signInAs` is refused; nothing was changed then.
   * @throws PasswordRejectedError when the server's policy refuses the new password.
   */
  changePassword(change: PasswordChange): Promise<void>;

  /**
   * Signs in and proves that the server really checked the password. Changes nothing.
   *
   * @throws SignInRefusedError when the credential is refused.
   * @throws CannotVerifyError when the server would have accepted any password.
   */
  verifyCredential(credential: ConnectionSecret): Promise<void>;
}

/** The engine for the `engine` value of a secret. Throws `MalformedSecretError` for one that Rotor does not have. */
export type EngineFor = (engine: string) => DatabaseEngine;
