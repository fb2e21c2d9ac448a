import {
  AccountBlockedError,
  OutcomeUnknownError,
  PermissionMissingError,
  SignInRefusedError,
  TargetConflictError,
  TargetMisconfiguredError,
  TargetSilentError,
  TargetUnavailableError,
} from '../../rotation/errors';
import { type FailureRule, type Phase } from './failure-rule';
import { matchAndProbeRules } from './match-and-probe-rules';
import { tlsRules } from './tls-rules';

/** When a credential is being shown. */
export const signingIn: readonly Phase[] = ['resolve', 'sign-in'];

/** When Rotor's own statements run. */
export const running: readonly Phase[] = ['statement', 'change'];

const lostCodes = ['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'ENETDOWN', 'ECONNABORTED'];
const lostNumbers = [1053, 1152, 1158, 1159, 1160, 1161, 1927];

/** What one kind of server says in its own way. */
export interface ServerNumbers {
  readonly product: string;
  /** What it says besides of a connection that it ends. */
  readonly lost: readonly number[];
  /** That a statement took too long. */
  readonly timeLimit: number;
  /** Rules that come before those that it has in common with others. */
  readonly ownRules: readonly FailureRule[];
}

/** All rules for one kind of server. The first that fits is the one. */
export function rulesFor({ product, lost: ownLost, timeLimit, ownRules }: ServerNumbers): readonly FailureRule[] {
  const lost = [...lostCodes, 'PROTOCOL_CONNECTION_LOST', ...lostNumbers, ...ownLost];
  const interrupted = [1317, timeLimit];
  return [
    ...matchAndProbeRules(interrupted),
    ...lostRules(lost),
    ...ownRules,
    ...credentialRules,
    ...stateRules,
    ...changeRules(interrupted),
    ...tlsRules,
    ...wayRules({ product, lost }),
  ];
}

type Codes = readonly (number | string)[];

const lostRules = (lost: Codes): readonly FailureRule[] => [
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
];

const credentialRules: readonly FailureRule[] = [
  {
    phases: signingIn,
    codes: [1045, 1698],
    error: SignInRefusedError,
    tell: ({ server, user, tls }) =>
      `${server} refused the password of user ${user}, or has no such user for where Rotor signs in from${tls ? '' : ', or admits it by TLS only'}.`,
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
];

const stateRules: readonly FailureRule[] = [
  {
    codes: [1040, 1203, 1226],
    error: TargetUnavailableError,
    tell: ({ server, user }) =>
      `${server} has no connection left for user ${user} (max_connections, or a limit of the account).`,
  },
  {
    codes: [1290],
    text: /--skip-grant-tables/,
    error: TargetMisconfiguredError,
    tell: ({ server }) => `${server} runs with --skip-grant-tables: it checks no password. Start it without.`,
  },
  {
    codes: [3032],
    error: TargetUnavailableError,
    tell: ({ server, user }) =>
      `${server} is in offline_mode and serves administrators only, not user ${user}. Nothing was changed.`,
  },
  {
    codes: [1047],
    text: /WSREP/,
    error: TargetUnavailableError,
    tell: ({ server }) => `${server} is a Galera node that has not joined its cluster (yet). Nothing was changed.`,
  },
];

const changeRules = (interrupted: Codes): readonly FailureRule[] => [
  {
    phases: running,
    codes: [1396],
    error: TargetMisconfiguredError,
    tell: ({ server, changed }) =>
      `${server} has no user ${changed} any more. Correct the username in the secret or create the user.`,
  },
  {
    codes: [1095],
    error: TargetConflictError,
    tell: ({ server, user, changed }) =>
      `Another session of Rotor's is still changing ${changed} at ${server}, and user ${user} may not end it. It ends by itself within half a minute. Nothing was changed.`,
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
    codes: interrupted,
    error: TargetUnavailableError,
    tell: ({ server }) => `The server at ${server} cancelled the statement or had no time for it. Nothing was changed.`,
  },
];

const wayRules = ({ product, lost }: { product: string; lost: Codes }): readonly FailureRule[] => [
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
    tell: ({ server }) => `${server} did not answer in time. If it stays so, check host, port and firewall.`,
  },
  {
    codes: [...lost, 'EADDRNOTAVAIL', 'EMFILE'],
    error: TargetUnavailableError,
    tell: ({ server }) => `${server} closed the connection. If it stays so, check that host and port are ${product}'s.`,
  },
];
