import { type FailureIds, type RotationError } from '../../rotation/errors';

/**
 * Where a connection was when it failed. `change` is the statement that changes something for good, `match` one of a
 * transaction that brings two roles to parity, the probes are the operator's own, `statement` is any other. The same
 * code means different things in different phases.
 */
export type Phase =
  'resolve' | 'connect' | 'tls' | 'authenticate' | 'statement' | 'match' | 'read-probe' | 'write-probe' | 'change';

/** What a message may be made of. Names are quoted as PostgreSQL writes them. */
export interface FailurePlace {
  /** host:port */
  readonly server: string;
  readonly host: string;
  readonly user: string;
  readonly database: string;
  /** The role that is changed, or acted as. */
  readonly role: string;
  /** Which of the operator's statements it was, such as `read probe 2`. */
  readonly probe: string;
  /** What to run so that it is permitted. */
  readonly remedy: string;
}

/** What one kind of failure means, and what to tell the operator. */
export interface FailureRule {
  /** Absent: all. */
  readonly phases?: readonly Phase[];
  /** SQLSTATE or Node's code. Absent: only what has no code. */
  readonly codes?: readonly string[];
  /** What the driver's or the server's text must say as well. */
  readonly text?: RegExp;
  readonly error: new (message: string, ids?: FailureIds) => RotationError;
  readonly tell: (place: FailurePlace) => string;
}
