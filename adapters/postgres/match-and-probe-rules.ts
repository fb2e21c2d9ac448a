import {
  ConfigurationInvalidError,
  PermissionMissingError,
  TargetConflictError,
  TargetMisconfiguredError,
  TargetUnavailableError,
} from '../../rotation/errors';
import { type FailureRule, type Phase } from './failure-rule';

const matching: readonly Phase[] = ['match'];
const probing: readonly Phase[] = ['read-probe', 'write-probe'];

/** Failures of the transaction that brings two roles to parity, and of the operator's probes. They come first. */
export const matchAndProbeRules: readonly FailureRule[] = [
  {
    phases: matching,
    codes: ['42501'],
    error: PermissionMissingError,
    tell: ({ server, user, role, remedy }) =>
      `User ${user} may not bring ${role} to parity at ${server}. Nothing was changed. Run as a superuser: ${remedy}`,
  },
  {
    phases: matching,
    codes: ['42710', '23505', '55P03', '40001', '40P01'],
    error: TargetConflictError,
    tell: ({ server, role }) =>
      `Another session at ${server} made ${role}, or holds a lock that bringing it to parity needs. Nothing was changed.`,
  },
  {
    phases: matching,
    codes: ['XX000'],
    text: /tuple concurrently (updated|deleted)/,
    error: TargetConflictError,
    tell: ({ server, role }) => `Another session changed ${role} at ${server} at the same moment. Nothing was changed.`,
  },
  {
    phases: matching,
    codes: ['57014'],
    error: TargetUnavailableError,
    tell: ({ server }) => `The server at ${server} cancelled the statement or had no time for it. Nothing was changed.`,
  },
  {
    phases: matching,
    codes: ['0LP01'],
    error: TargetMisconfiguredError,
    tell: ({ server, role }) =>
      `A role at ${server} that ${role} should be a member of is a member of ${role}. Revoke one of the memberships.`,
  },
  {
    phases: probing,
    codes: ['42501'],
    error: PermissionMissingError,
    tell: ({ server, user, probe, remedy }) => `User ${user} may not run the ${probe} at ${server}. Run: ${remedy}`,
  },
  {
    phases: probing,
    codes: ['57014'],
    error: ConfigurationInvalidError,
    tell: ({ server, probe }) =>
      `The ${probe} takes longer at ${server} than a probe may. Configure one that is done in a moment.`,
  },
  {
    phases: ['read-probe'],
    codes: ['25006'],
    error: ConfigurationInvalidError,
    tell: ({ probe }) => `The ${probe} writes. Configure it as a write probe.`,
  },
  {
    phases: probing,
    codes: ['55P03', '40001', '40P01'],
    error: TargetConflictError,
    tell: ({ server, probe }) => `Another session at ${server} holds a lock that the ${probe} needs.`,
  },
];
