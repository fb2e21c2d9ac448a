import { type Course } from './course';
import { type Seen } from './state-table/look';

/** How a secret and its database are left. */
export interface EndState {
  readonly current: string | undefined;
  readonly previous: string | undefined;
  /** AWSPENDING on AWSCURRENT's version, or on none. */
  readonly isLegal: boolean;
  /** Whether AWSCURRENT's credential signs in. */
  readonly signsIn: boolean;
  /** Whether the other of the rotation's two credentials does; undefined where either is right. */
  readonly otherSignsIn: boolean | undefined;
}

/** The end state that is seen. */
export function endStateOf(course: Course, { labels, accepted }: Seen): EndState {
  const { AWSCURRENT, AWSPENDING, AWSPREVIOUS } = labels;
  const isPromoted = AWSCURRENT === 'token';
  const signsIn = (name: 'pending' | 'current'): boolean => accepted.includes(name);
  return {
    current: AWSCURRENT,
    previous: AWSPREVIOUS,
    isLegal: AWSPENDING === undefined || AWSPENDING === AWSCURRENT,
    signsIn: signsIn(isPromoted ? 'pending' : 'current'),
    otherSignsIn: isLeftAlone(course, isPromoted) ? undefined : signsIn(isPromoted ? 'current' : 'pending'),
  };
}

/** The end state that a rotation owes, where it was promoted and where it was not. */
export function wantedEndState(course: Course, isPromoted: boolean): EndState {
  return {
    current: isPromoted ? 'token' : 'start',
    previous: isPromoted ? 'start' : 'older',
    isLegal: true,
    signsIn: true,
    otherSignsIn: isLeftAlone(course, isPromoted) ? undefined : isPromoted && course.strategy !== 'single-user',
  };
}

/** The alternate user keeps the password of a rotation that was undone: nobody uses it before the next one. */
function isLeftAlone({ strategy }: Course, isPromoted: boolean): boolean {
  return strategy === 'alternating-users' && !isPromoted;
}
