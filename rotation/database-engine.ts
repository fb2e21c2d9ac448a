import { type ConnectionSecret } from './secret-value';
import { type Sensitive } from './sensitive';

/** A password to give to a user, and the credential to sign in with for doing it. */
export interface PasswordChange {
  readonly signInAs: ConnectionSecret;
  readonly username: string;
  readonly newPassword: Sensitive;
  /** A password of the user's that goes on working beside the new one. @defaultValue none */
  readonly alsoKeep?: Sensitive;
  /** See {@link StillWanted}. @defaultValue always wanted */
  readonly stillWanted?: StillWanted;
}

/**
 * Asked once the session that will make a change is open and earlier sessions of ours are ended, right before the first
 * statement that changes something. Throws to prevent it: an attempt that was given up may wake up long after the
 * rotation that it belonged to. Whatever it throws passes as it is.
 */
export type StillWanted = () => Promise<void>;

/** The user whose earlier changes are to be ended, and the credential to sign in with for doing it. */
export interface StraySearch {
  readonly signInAs: ConnectionSecret;
  readonly username: string;
}

/** Two users of one server that an application may be either of. */
export interface UserPair {
  /** May create users and grant what the original has. */
  readonly superuser: ConnectionSecret;
  /** The user whose rights count. */
  readonly original: ConnectionSecret;
  /** The user to create, or to bring to parity, and the password that it shall have. */
  readonly alternate: ConnectionSecret;
}

/** A pair of users to bring to parity. */
export interface UserMatch extends UserPair {
  /** See {@link StillWanted}. @defaultValue always wanted */
  readonly stillWanted?: StillWanted;
}

/** A credential, and what it must be good for besides signing in. */
export interface CredentialCheck {
  readonly credential: ConnectionSecret;
  /** Statements that the application depends on. */
  readonly probes?: TestProbes;
  /** The pair of users whose rights must be the same. @defaultValue no other user */
  readonly parity?: UserPair;
}

/** SQL of the operator's own, run as the tested user with a time limit and without leaving a trace. */
export interface TestProbes {
  /** Run in a read-only transaction. */
  readonly read?: readonly string[];
  /** `INSERT`, `UPDATE` or `DELETE`: privileges are checked by EXPLAIN, then it is run and rolled back. */
  readonly write?: readonly string[];
}

/** What a server is and can do. */
export interface ServerFacts {
  /** The same for every address of one server, and different for any two servers. */
  readonly serverId: string;
  /** Whether a user can have a second password beside the new one. */
  readonly secondPassword: boolean;
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
   * Signs in and asks the server what it is.
   *
   * @throws SignInRefusedError when the credential is refused.
   */
  inspect(credential: ConnectionSecret): Promise<ServerFacts>;

  /**
   * Gives a user a password. Afterwards the user's passwords are the new one and, where given, `alsoKeep`, and no
   * other; `alsoKeep` never stops working meanwhile. Sends a verifier, never the password itself. Safe to repeat.
   *
   * Ends earlier sessions of ours for the user first, as {@link endStrays} does, so that nothing of an attempt which was
   * given up takes effect after this one.
   *
   * @throws SignInRefusedError when `signInAs` is refused; nothing was changed then.
   * @throws ConfigurationInvalidError for `alsoKeep` on a server without second passwords; nothing was changed then.
   * @throws PasswordRejectedError when the server's policy refuses the new password.
   */
  changePassword(change: PasswordChange): Promise<void>;

  /**
   * Makes the alternate user exist with its password and with all that the original has: privileges, roles, ownership,
   * attributes, limits, settings, TLS requirement; and lets each use what the other creates. Safe to repeat and to be
   * interrupted: parity is brought about before the password, which is left alone where it already works. Ends earlier
   * sessions of ours for the alternate user first.
   *
   * @throws SignInRefusedError when the superuser is refused; nothing was changed then.
   */
  matchUser(match: UserMatch): Promise<{ readonly changed: boolean }>;

  /**
   * Ends every session of ours in which an earlier {@link changePassword} or {@link matchUser} for this user may still
   * wait, such as for a lock, on behalf of an attempt that was given up. When it returns, no statement of theirs takes
   * effect any more, except after asking `stillWanted` anew. Sessions of anybody else are left alone. Safe to repeat.
   *
   * @throws SignInRefusedError when `signInAs` is refused.
   * @throws TargetConflictError while one goes on that this credential may not end: the server's own limits end it soon.
   */
  endStrays(search: StraySearch): Promise<void>;

  /**
   * Signs in, proves that the server really checked the password, and that the credential is good for what is asked.
   * Leaves no change behind.
   *
   * @throws SignInRefusedError when the credential is refused.
   * @throws CannotVerifyError when the server would have accepted any password.
   * @throws PermissionMissingError when a probe or the parity shows a missing right.
   * @throws ConfigurationInvalidError for a probe that fails for another reason.
   */
  verifyCredential(check: CredentialCheck): Promise<void>;
}

/** What a connection trusts where the secret does not say. */
export interface TlsSettings {
  /** The certificate authorities, as PEM. @defaultValue those that the worker trusts */
  readonly ca?: string;
}

/** The engine for the `engine` value of a secret. Throws `MalformedSecretError` for one that Rotor does not have. */
export type EngineFor = (engine: string, tls?: TlsSettings) => DatabaseEngine;
