import {
  AccountBlockedError,
  PasswordRejectedError,
  PermissionMissingError,
  TargetMisconfiguredError,
  TargetReadOnlyError,
  TargetUnavailableError,
} from '../../rotation/errors';
import { tellReadOnly } from '../mysql2/assert-writable';
import { rulesFor, running, signingIn } from '../mysql2/common-rules';
import { type FailureRule } from '../mysql2/failure-rule';

const ownRules: readonly FailureRule[] = [
  {
    phases: signingIn,
    codes: [4151],
    error: AccountBlockedError,
    tell: ({ server, user }) => `User ${user} is locked at ${server}. Run: ALTER USER ${user} ACCOUNT UNLOCK`,
  },
  {
    phases: signingIn,
    codes: [4150],
    error: AccountBlockedError,
    tell: ({ server, user }) =>
      `${server} blocks user ${user} after too many wrong passwords (max_password_errors). Find who sends them, then run: FLUSH PRIVILEGES`,
  },
  {
    phases: signingIn,
    codes: [1524, 'AUTH_SWITCH_PLUGIN_ERROR', 'MYSQL_CLEAR_PASSWORD_NOT_ENABLED'],
    error: TargetMisconfiguredError,
    tell: ({ server, user }) =>
      `${server} wants user ${user} to sign in by a plugin that Rotor does not have, such as ed25519. Use mysql_native_password.`,
  },
  {
    codes: [1129],
    error: TargetUnavailableError,
    tell: ({ server }) =>
      `${server} blocks this host after too many connections that failed (max_connect_errors). It ends with: FLUSH HOSTS`,
  },
  {
    codes: [1290],
    text: /--read-only/,
    error: TargetReadOnlyError,
    tell: tellReadOnly,
  },
  {
    codes: [1792, 1836, 1874],
    error: TargetReadOnlyError,
    tell: ({ server }) =>
      `${server} does not take changes now. If it stays so, name the writer's address in the secret.`,
  },
  {
    codes: [1290],
    text: /--strict-password-validation/,
    error: TargetMisconfiguredError,
    tell: ({ server }) =>
      `${server} judges every password in the clear (strict_password_validation with a plugin), and Rotor shows it hashes only. Run: SET GLOBAL strict_password_validation = OFF`,
  },
  {
    phases: running,
    codes: [1044, 1045, 1142, 1143, 1227, 1370, 1698],
    error: PermissionMissingError,
    tell: ({ server, user, changed }) =>
      user === changed
        ? `User ${user} may not change its own password at ${server}, because it has several or other ways to sign in, or is to have them. Name a superuser secret, or run: GRANT CREATE USER ON *.* TO ${user}`
        : `User ${user} may not change the password of ${changed} at ${server}. Run: GRANT CREATE USER ON *.* TO ${user}; GRANT SELECT ON mysql.* TO ${user}`,
  },
  {
    phases: running,
    codes: [1819],
    error: PasswordRejectedError,
    tell: ({ server, changed }) => `The password policy at ${server} refused the new password of ${changed}.`,
  },
  {
    phases: running,
    codes: [1524],
    error: TargetMisconfiguredError,
    tell: ({ server, changed }) => `${server} has not loaded a plugin by which ${changed} signs in. Load it.`,
  },
];

/** The first rule that fits is the one. */
export const failureRules = rulesFor({ product: 'MariaDB', lost: [], timeLimit: 1969, ownRules });
