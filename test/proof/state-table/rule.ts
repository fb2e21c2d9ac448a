import { type AnyStep } from '../carry-out';
import { type axes, type Cell, type DatabaseState } from './cells';

/** The cells that a rule is about: an axis that is not named may have any value. */
export type CellPattern = { readonly [Axis in keyof Cell]?: readonly (typeof axes)[Axis][number][] };

/** What the database accepts in the end. */
export type Accepted = DatabaseState | 'current and previous' | 'as before';

/**
 * The one end that a cell has.
 *
 * - `impossible`: the cell cannot be brought about.
 * - `promoted`: AWSCURRENT is on the rotation's version, AWSPENDING on none.
 * - `undone`: the rotation failed, and AWSPENDING was taken off; AWSCURRENT is where it was and signs in.
 * - `refused`: the rotation failed, and no label has moved and no password was changed.
 * - `gives way`: somebody else has taken a label; AWSCURRENT stays where it is and signs in, and the rotation's version
 *   does not hold AWSPENDING (any more).
 * - `waits`: neither forward nor back; all labels stay as they were, so that no password is lost.
 */
export type Outcome =
  | { readonly end: 'impossible' }
  | { readonly end: 'promoted'; readonly accepts: Accepted }
  | { readonly end: 'undone' | 'gives way'; readonly failure: string; readonly accepts: Accepted }
  | { readonly end: 'refused'; readonly failure: string; readonly accepts: 'as before' }
  | { readonly end: 'waits'; readonly failure: string; readonly at: AnyStep; readonly accepts: 'as before' };

/** A row of the table. */
export interface Rule {
  readonly when: CellPattern;
  readonly then: Outcome;
  readonly because: string;
}

const unchanged = { accepts: 'as before' } as const;

/** The end of a cell that cannot be brought about. */
export const impossible: Outcome = { end: 'impossible' };

/** The rotation succeeds; afterwards the database accepts this. */
export function promoted(accepts: Accepted): Outcome {
  return { end: 'promoted', accepts };
}

/** The rotation fails with this type, and nothing was changed. */
export function refused(failure: string): Outcome {
  return { end: 'refused', failure, ...unchanged };
}

/** The rotation fails with this type, and what is current signs in. */
export function undone(failure: string): Outcome {
  return { end: 'undone', failure, accepts: 'current' };
}

/** Somebody else has taken a label; afterwards the database accepts this. */
export function givesWay(accepts: Accepted): Outcome {
  return { end: 'gives way', failure: 'RotationSuperseded', accepts };
}

/** The rotation stands at this step and asks a person. */
export function waits(at: AnyStep, failure = 'SignInRefused'): Outcome {
  return { end: 'waits', at, failure, ...unchanged };
}
