import {
  AccountBlockedError,
  CannotVerifyError,
  OutcomeUnknownError,
  PasswordRejectedError,
  PermissionMissingError,
  SignInRefusedError,
  TargetConflictError,
  TargetMisconfiguredError,
  TargetReadOnlyError,
  TargetSilentError,
  TargetUnavailableError,
  TlsFailedError,
} from '../../rotation/errors';
import { type FailureRule, type Phase } from './failure-rule';

const signingIn: readonly Phase[] = ['resolve', 'connect', 'tls', 'authenticate'];
const running: readonly Phase[] = ['statement', 'change'];
const lostCodes = ['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'ENETDOWN', '57P01', '57P02'];

const silent: FailureRule['tell'] = ({ server }) =>
  `${server} did not answer in time. If it stays so, check host, port and firewall.`;

/** The first rule that fits is the one. */
export const failureRules: readonly FailureRule[] = [
  // The driver found the connection dead before it sent anything.
  {
    text: /is not queryable$/,
    error: TargetUnavailableError,
    tell: ({ server }) => `The connection to ${server} was lost. Nothing was changed.`,
  },

  // The change was sent and no answer came: before every rule that would call the target merely unavailable.
  {
    phases: ['change'],
    codes: [...lostCodes, '57P03', '57P05'],
    error: OutcomeUnknownError,
    tell: ({ server, role }) => `The connection to ${server} was lost while ${role} was being changed.`,
  },
  {
    phases: ['change'],
    error: OutcomeUnknownError,
    tell: ({ server, role }) => `${server} did not say whether it changed ${role}.`,
  },

  // The credential.
  {
    phases: signingIn,
    codes: ['28P01'],
    error: SignInRefusedError,
    tell: ({ server, user }) =>
      `${server} refused the password of user ${user}, or has no such user, or its password has expired.`,
  },
  {
    phases: signingIn,
    codes: ['08P01'],
    text: /^(SASL|password) authentication failed|^no such user/,
    error: SignInRefusedError,
    tell: ({ server, user }) =>
      `The pooler at ${server} refused the password of user ${user}, or does not know it. It may keep an older copy: ` +
      'name the server itself in the secret.',
  },
  {
    phases: signingIn,
    codes: ['08P01'],
    text: /query_wait_timeout|no more connections|try again later|cannot connect|shut(ting)? ?down/,
    error: TargetUnavailableError,
    tell: ({ server }) => `The pooler at ${server} has no connection to its server at the moment.`,
  },
  {
    phases: signingIn,
    codes: ['28000'],
    text: /pg_hba\.conf/,
    error: TargetMisconfiguredError,
    tell: ({ server, user, database }) =>
      `pg_hba.conf at ${server} does not admit user ${user} to database ${database} from here in this way. ` +
      'Add a line for it, or switch TLS on in the secret if only hostssl lines admit it.',
  },
  {
    phases: signingIn,
    codes: ['28000'],
    text: /does not exist/,
    error: TargetMisconfiguredError,
    tell: ({ server, user }) => `${server} has no user ${user}. Correct the secret or create the user.`,
  },
  {
    phases: signingIn,
    codes: ['28000'],
    error: AccountBlockedError,
    tell: ({ server, user }) => `${server} does not let user ${user} sign in. Run: ALTER ROLE ${user} LOGIN`,
  },
  {
    phases: signingIn,
    codes: ['3D000'],
    error: TargetMisconfiguredError,
    tell: ({ server, database }) => `${server} has no database ${database}. Correct dbname in the secret.`,
  },
  {
    phases: signingIn,
    codes: ['42501'],
    error: PermissionMissingError,
    tell: ({ server, user, database }) =>
      `User ${user} may not connect to database ${database} at ${server}. ` +
      `Run: GRANT CONNECT ON DATABASE ${database} TO ${user}`,
  },

  // The server's state.
  {
    codes: ['53300'],
    error: TargetUnavailableError,
    tell: ({ server, user }) =>
      `${server} has no connection left for user ${user} (max_connections or CONNECTION LIMIT).`,
  },
  {
    codes: ['57P03'],
    error: TargetUnavailableError,
    tell: ({ server }) => `The server at ${server} is starting up, shutting down or recovering.`,
  },
  {
    codes: ['53000', '53100', '53200', '53400', '55000', '57P04', '58000', '58030'],
    error: TargetUnavailableError,
    tell: ({ server }) => `The server at ${server} lacks disk, memory or another resource. Look at its log.`,
  },
  {
    codes: ['25006'],
    error: TargetReadOnlyError,
    tell: ({ server }) =>
      `${server} is read-only: a standby, or a failover that is not over. ` +
      "If it stays so, name the writer's address in the secret.",
  },

  // The change, refused.
  {
    phases: running,
    codes: ['42501'],
    error: PermissionMissingError,
    tell: ({ server, user, role }) =>
      user === role
        ? `User ${user} may not change its own password at ${server}. On RDS run: GRANT rds_password TO ${user}`
        : `User ${user} may not change the password of ${role} at ${server}. Run: ALTER ROLE ${user} CREATEROLE; ` +
          `and from PostgreSQL 16 on also: GRANT ${role} TO ${user} WITH ADMIN OPTION. ` +
          'The password of a superuser only a superuser can change.',
  },
  {
    phases: running,
    codes: ['42704'],
    error: TargetMisconfiguredError,
    tell: ({ server, role }) => `${server} has no role ${role}. Correct the username in the secret or create the role.`,
  },
  {
    phases: running,
    codes: ['22023', '28000', '28P01'],
    error: PasswordRejectedError,
    tell: ({ server, role }) => `The password policy at ${server} refused the new password of ${role}.`,
  },
  {
    phases: running,
    codes: ['55P03', '40001', '40P01'],
    error: TargetConflictError,
    tell: ({ server, role }) =>
      `Another session at ${server} holds a lock that changing ${role} needs. Nothing was changed.`,
  },
  {
    phases: running,
    codes: ['XX000'],
    text: /tuple concurrently (updated|deleted)/,
    error: TargetConflictError,
    tell: ({ server, role }) => `Another session changed ${role} at ${server} at the same moment. Nothing was changed.`,
  },
  {
    phases: running,
    codes: ['57014'],
    error: TargetUnavailableError,
    tell: ({ server }) => `The server at ${server} cancelled the statement or had no time for it. Nothing was changed.`,
  },

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
    error: TargetSilentError,
    tell: silent,
  },
  {
    codes: [...lostCodes, 'EADDRNOTAVAIL', 'ECONNABORTED', 'EMFILE', '57P05'],
    error: TargetUnavailableError,
    tell: ({ server }) => `The connection to ${server} could not be made or was lost.`,
  },
  {
    text: /^Connection terminated/,
    error: TargetUnavailableError,
    tell: ({ server }) => `${server} closed the connection. If it stays so, check that host and port are PostgreSQL's.`,
  },
  {
    text: /^timeout expired$/,
    error: TargetSilentError,
    tell: silent,
  },

  // TLS.
  {
    text: /^The server does not support SSL connections$/,
    error: TlsFailedError,
    tell: ({ server }) =>
      `${server} does not offer TLS. Switch it on there, or accept plaintext with "ssl": false in the secret.`,
  },
  {
    text: /^There was an error establishing an SSL connection$/,
    error: TlsFailedError,
    tell: ({ server }) =>
      `${server} did not answer the request for TLS as PostgreSQL does. Check the port in the secret.`,
  },
  {
    phases: ['tls'],
    codes: ['ERR_TLS_CERT_ALTNAME_INVALID'],
    error: TlsFailedError,
    tell: ({ server, host }) =>
      `The certificate of ${server} is not for ${host}. Name a host in the secret that the certificate has.`,
  },
  {
    phases: ['tls'],
    codes: ['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID'],
    error: TlsFailedError,
    tell: ({ server }) => `The certificate of ${server} is not valid today. Renew it.`,
  },

  // What the driver cannot do.
  {
    text: /server signature does not match/,
    error: CannotVerifyError,
    tell: ({ server, user }) =>
      `${server} could not prove that it knows the password of user ${user}. It may be another server.`,
  },
  {
    text: /^SASL: |^Unknown authenticationOk message type/,
    error: TargetMisconfiguredError,
    tell: ({ server, user }) =>
      `${server} wants user ${user} to sign in by a method that Rotor does not have. ` +
      'Admit it by scram-sha-256 in pg_hba.conf.',
  },
];
