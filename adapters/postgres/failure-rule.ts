import { type FailureIds, type RotationError } from '../../rotation/errors';

/**
 * Where a connection was when it failed: `change` is the statement that changes something, `statement` any other. The
 * same code means different things in different phases.
 */
export type Phase = 'resolve' | 'connect' | 'tls' | 'authenticate' | 'statement' | 'change';

/** What a message may be made of. Names are quoted as PostgreSQL writes them. */
export interface FailurePlace {
  /** host:port */
  readonly server: string;
  readonly host: string;
  readonly user: string;
  readonly database: string;
  /** The role whose password is changed. */
  readonly role: string;
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
