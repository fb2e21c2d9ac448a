import {
  AccountBlockedError,
  OutcomeUnknownError,
  PasswordRejectedError,
  PermissionMissingError,
  SignInRefusedError,
  TargetConflictError,
  TargetMisconfiguredError,
  TargetReadOnlyError,
  TargetUnavailableError,
} from '../../rotation/errors';
import { type FailureRule, type Phase } from './failure-rule';
import { tlsRules } from './tls-rules';

const signingIn: readonly Phase[] = ['resolve', 'sign-in'];
const running: readonly Phase[] = ['statement', 'change'];
const lostCodes = ['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'ENETDOWN', 'ECONNABORTED'];
const lost = [...lostCodes, 'PROTOCOL_CONNECTION_LOST', 1053, 1152, 1158, 1159, 1160, 1161, 1927, 3169, 4031];

/** The first rule that fits is the one. */
export const failureRules: readonly FailureRule[] = [
  // The driver found the connection dead before it sent anything.
  {
    text: /^Can't add new command when connection is in closed state$/,
    error: TargetUnavailableError,
    tell: ({ server }) => `The connection to ${server} was lost. Nothing was changed.`,
  },

  // The change was sent and no answer came: before every rule that would call the target merely unavailable.
  {
    phases: ['change'],
    codes: [...lost, 1317],
    error: OutcomeUnknownError,
    tell: ({ server, changed }) =>
      `The connection to ${server} was lost, or the statement killed, while the password of ${changed} was being changed.`,
  },

  // The credential.
  {
    phases: signingIn,
    codes: [1045, 1698],
    error: SignInRefusedError,
    tell: ({ server, user, tls }) =>
      `${server} refused the password of user ${user}, or has no such user for where Rotor signs in from${tls ? '' : ', or admits it by TLS only'}.`,
  },
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
    codes: [1820, 1862],
    error: AccountBlockedError,
    tell: ({ server, user }) =>
      `The password of user ${user} has expired at ${server}, and only another user can set a new one. Name a superuser secret, or run: ALTER USER ${user} PASSWORD EXPIRE NEVER`,
  },
  {
    phases: signingIn,
    codes: [1049],
    error: TargetMisconfiguredError,
    tell: ({ server, database }) => `${server} has no database ${database}. Correct dbname in the secret.`,
  },
  {
    phases: signingIn,
    codes: [1044],
    error: PermissionMissingError,
    tell: ({ server, user, database }) =>
      `User ${user} may not use database ${database} at ${server}, or there is none. Correct dbname in the secret, or grant the user a privilege in it.`,
  },
  {
    phases: signingIn,
    codes: [1130],
    error: TargetMisconfiguredError,
    tell: ({ server }) =>
      `${server} admits nobody from where Rotor signs in. Create the user with a host part that covers it, such as '%'.`,
  },
  {
    codes: [1184], // on the first statement, after the sign-in
    error: TargetMisconfiguredError,
    tell: ({ server }) => `The init_connect of ${server} fails and ends every session of an ordinary user. Correct it.`,
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

  // The server's state.
  {
    codes: [1040, 1203, 1226],
    error: TargetUnavailableError,
    tell: ({ server, user }) =>
      `${server} has no connection left for user ${user} (max_connections, or a limit of the account).`,
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
    tell: ({ server }) =>
      `${server} is read-only: a replica, or a failover that is not over. If it stays so, name the writer's address in the secret.`,
  },
  {
    codes: [1792, 1836, 3100],
    error: TargetReadOnlyError,
    tell: ({ server }) =>
      `${server} does not take changes now. If it stays so, name the writer's address in the secret.`,
  },
  {
    codes: [1290],
    text: /--skip-grant-tables/,
    error: TargetMisconfiguredError,
    tell: ({ server }) => `${server} runs with --skip-grant-tables: it checks no password. Start it without.`,
  },

  // The change, refused.
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
    codes: [1396],
    error: TargetMisconfiguredError,
    tell: ({ server, changed }) =>
      `${server} has no user ${changed} any more. Correct the username in the secret or create the user.`,
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
  {
    phases: running,
    codes: [1205, 1213],
    error: TargetConflictError,
    tell: ({ server, changed }) =>
      `Another session at ${server} holds a lock that changing ${changed} needs, such as a backup's. Nothing was changed.`,
  },
  {
    phases: running,
    codes: [1317, 3024],
    error: TargetUnavailableError,
    tell: ({ server }) => `The server at ${server} cancelled the statement or had no time for it. Nothing was changed.`,
  },

  ...tlsRules,

  // The way there.
  {
    codes: ['ENOTFOUND', 'EAI_AGAIN', 'EAI_FAIL', 'EAI_NODATA', 'EAI_NONAME'],
    error: TargetUnavailableError,
    tell: ({ host }) => `The host name ${host} cannot be resolved. If it stays so, correct host in the secret.`,
  },
  {
    codes: ['ECONNREFUSED'],
    error: TargetUnavailableError,
    tell: ({ server }) => `Nothing listens at ${server}. Start the server, or correct host and port in the secret.`,
  },
  {
    codes: ['ETIMEDOUT'],
    error: TargetUnavailableError,
    tell: ({ server }) => `${server} did not answer in time. If it stays so, check host, port and firewall.`,
  },
  {
    codes: [...lost, 'EADDRNOTAVAIL', 'EMFILE'],
    error: TargetUnavailableError,
    tell: ({ server }) => `${server} closed the connection. If it stays so, check that host and port are MySQL's.`,
  },
];
