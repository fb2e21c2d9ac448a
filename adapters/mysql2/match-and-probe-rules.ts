import {
  ConfigurationInvalidError,
  PermissionMissingError,
  TargetConflictError,
  TargetUnavailableError,
} from '../../rotation/errors';
import { type FailureRule, type Phase } from './failure-rule';

const matching: readonly Phase[] = ['match'];
const probing: readonly Phase[] = ['read-probe', 'write-probe'];
const denied = [1044, 1045, 1142, 1143, 1227, 1370, 1410, 1698];

/** What ends a statement: a kill, and a time limit, whose number is each server's own. */
export type Interrupted = readonly number[];

/** Failures of the statements that bring two users to parity, and of the operator's probes. They come first. */
export function matchAndProbeRules(interrupted: Interrupted): readonly FailureRule[] {
  return [...matchRules(interrupted), ...probeRules(interrupted)];
}

const matchRules = (interrupted: Interrupted): readonly FailureRule[] => [
  {
    phases: matching,
    codes: denied,
    error: PermissionMissingError,
    tell: ({ server, user, changed, remedy }) =>
      `User ${user} may not bring ${changed} to parity at ${server}. Its password was not changed. Run: ${remedy}`,
  },
  {
    phases: matching,
    codes: [1205, 1213, 1396],
    error: TargetConflictError,
    tell: ({ server, changed }) =>
      `Another session at ${server} changed ${changed}, or holds a lock that bringing it to parity needs.`,
  },
  {
    phases: matching,
    codes: interrupted,
    error: TargetUnavailableError,
    tell: ({ server }) =>
      `The server at ${server} cancelled a statement that brings two users to parity, or had no time for it.`,
  },
];

const probeRules = (interrupted: Interrupted): readonly FailureRule[] => [
  {
    phases: probing,
    codes: denied,
    error: PermissionMissingError,
    tell: ({ server, user, probe, remedy }) => `User ${user} may not run the ${probe} at ${server}. Run: ${remedy}`,
  },
  {
    phases: probing,
    codes: interrupted,
    error: ConfigurationInvalidError,
    tell: ({ server, probe }) =>
      `The ${probe} takes longer at ${server} than a probe may. Configure one that is done in a moment.`,
  },
  {
    phases: ['read-probe'],
    codes: [1792],
    error: ConfigurationInvalidError,
    tell: ({ probe }) => `The ${probe} writes. Configure it as a write probe.`,
  },
  {
    phases: probing,
    codes: [1205, 1213],
    error: TargetConflictError,
    tell: ({ server, probe }) => `Another session at ${server} holds a lock that the ${probe} needs.`,
  },
];
