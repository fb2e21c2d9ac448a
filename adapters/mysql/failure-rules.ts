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
    codes: [3118],
    error: AccountBlockedError,
    tell: ({ server, user }) => `User ${user} is locked at ${server}. Run: ALTER USER ${user} ACCOUNT UNLOCK`,
  },
  {
    phases: signingIn,
    codes: [3955],
    error: AccountBlockedError,
    tell: ({ server, user }) =>
      `${server} blocks user ${user} after too many wrong passwords. Find who sends them, then run: ALTER USER ${user} ACCOUNT UNLOCK`,
  },
  {
    phases: signingIn,
    codes: [1524, 'AUTH_SWITCH_PLUGIN_ERROR', 'MYSQL_CLEAR_PASSWORD_NOT_ENABLED'],
    error: TargetMisconfiguredError,
    tell: ({ server, user }) =>
      `${server} wants user ${user} to sign in by a plugin that Rotor does not have. Use caching_sha2_password.`,
  },
  {
    codes: ['ERR_OSSL_RSA_DATA_TOO_LARGE_FOR_KEY_SIZE'],
    error: TargetMisconfiguredError,
    tell: ({ user }) => `The password of user ${user} is too long to be sent without TLS. Switch TLS on in the secret.`,
  },
  {
    codes: [1129],
    error: TargetUnavailableError,
    tell: ({ server }) =>
      `${server} blocks this host after too many connections that failed (max_connect_errors). It ends with: TRUNCATE TABLE performance_schema.host_cache`,
  },
  {
    codes: [1290],
    text: /--(super-)?read-only/,
    error: TargetReadOnlyError,
    tell: tellReadOnly,
  },
  {
    codes: [1792, 1836, 1874, 3100],
    error: TargetReadOnlyError,
    tell: ({ server }) =>
      `${server} does not take changes now. If it stays so, name the writer's address in the secret.`,
  },
  {
    phases: running,
    codes: [1044, 1045, 1142, 1143, 1227, 1370, 1698],
    error: PermissionMissingError,
    tell: ({ server, user, changed }) =>
      user === changed
        ? `User ${user} may not set the hash of its own password at ${server}. Name a superuser's secret in the configuration (superuserSecretId), or run: GRANT CREATE USER ON *.* TO ${user}`
        : `User ${user} may not change the password of ${changed} at ${server}. Run: GRANT CREATE USER ON *.* TO ${user}; GRANT SELECT ON mysql.user TO ${user} (and SYSTEM_USER, where ${changed} has it).`,
  },
  {
    phases: running,
    codes: [1819, 3638],
    error: PasswordRejectedError,
    tell: ({ server, changed }) => `The password policy at ${server} refused the new password of ${changed}.`,
  },
  {
    phases: running,
    codes: [3891, 3892],
    error: TargetMisconfiguredError,
    tell: ({ server, changed }) =>
      `${server} wants another password of ${changed} shown before it changes (PASSWORD REQUIRE CURRENT). Name a superuser secret, or run: ALTER USER ${changed} PASSWORD REQUIRE CURRENT OPTIONAL`,
  },
  {
    phases: running,
    codes: [1524],
    error: TargetMisconfiguredError,
    tell: ({ server, changed }) =>
      `${server} has not loaded the plugin that keeps the password of ${changed}. Load it, or give the user caching_sha2_password.`,
  },
];

/** The first rule that fits is the one. */
export const failureRules = rulesFor({ product: 'MySQL', lost: [3169, 4031], timeLimit: 3024, ownRules });
