import { type FailureIds, type RotationError } from '../../rotation/errors';

/**
 * Where a connection was when it failed: `change` is the statement that changes a password, `match` one that brings two
 * users to parity, a probe one of the operator's own, `statement` any other. The same number means different things in
 * different phases.
 */
export type Phase = 'resolve' | 'sign-in' | 'statement' | 'change' | 'match' | 'read-probe' | 'write-probe';

/** What a statement is for, and what helps where it is refused. */
export interface StatementStep {
  readonly phase: Phase;
  /** The probe, as the operator may find it in the configuration. */
  readonly probe?: string;
  /** What to run where a privilege is missing. */
  readonly remedy?: string;
}

/** What a message may be made of. Names are quoted as the servers write them. */
export interface FailurePlace {
  /** host:port */
  readonly server: string;
  readonly host: string;
  readonly user: string;
  readonly database: string;
  /** The user whose password is changed. */
  readonly changed: string;
  readonly tls: boolean;
  readonly probe: string;
  readonly remedy: string;
}

/** What one kind of failure means, and what to tell the operator. */
export interface FailureRule {
  /** Absent: all. */
  readonly phases?: readonly Phase[];
  /** The server's numbers, and the driver's or Node's codes. Absent: any. */
  readonly codes?: readonly (number | string)[];
  /** What the driver's or the server's text must say as well. */
  readonly text?: RegExp;
  readonly error: new (message: string, ids?: FailureIds) => RotationError;
  readonly tell: (place: FailurePlace) => string;
}
