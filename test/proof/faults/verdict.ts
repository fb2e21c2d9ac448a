import { type End } from '../carry-out';
import { type Course } from '../course';
import { type EndState, endStateOf, wantedEndState } from '../end-state';
import { type Call } from './boundary';
import { type Fault, isForGood } from './faults';
import { type Result } from './run-trial';

/** One call that is hit. */
export interface Hit {
  /** Counted from the first call. */
  readonly at: number;
  readonly call: Call;
  readonly fault: Fault;
}

/** What a rotation leaves behind. */
export interface Facts extends EndState {
  /** The call that was hit. */
  readonly hit: Call | undefined;
  readonly end: End['kind'];
  /** Whether a person was asked to decide though the way was open. */
  readonly isAskedInVain: boolean;
  /** How often AWSCURRENT went to another version. */
  readonly promotions: number;
  readonly newPasswords: 'at most one' | 'several';
  /** Whether the database was told a password that the store does not have under the rotation's token. */
  readonly toldUnstored: boolean;
  readonly versions: 'at most one more' | 'several more';
}

/** What came of a rotation. */
export function factsOf(course: Course, result: Result, hit?: Hit): Facts {
  return {
    hit: hit && result.calls[hit.at],
    end: result.end.kind,
    isAskedInVain: result.isAsked && !mayAsk(hit),
    promotions: result.promotions,
    ...endStateOf(course, result),
    newPasswords: result.newPasswords <= 1 ? 'at most one' : 'several',
    toldUnstored: result.toldUnstored,
    versions: result.versions <= 3 ? 'at most one more' : 'several more',
  };
}

/** What should come of it. Before the pivot a call that is refused for good ends it; from there on a person decides. */
export function wanted(course: Course, hit?: Hit): Facts {
  const isRefused = hit !== undefined && isForGood(hit.fault) && !mayAsk(hit);
  const isPromoted = course.direction === 'forward' && !isRefused;
  return {
    hit: hit?.call,
    end: isPromoted ? 'rotated' : 'failed',
    isAskedInVain: false,
    promotions: isPromoted ? 1 : 0,
    ...wantedEndState(course, isPromoted),
    newPasswords: 'at most one',
    toldUnstored: false,
    versions: 'at most one more',
  };
}

/** Whether a person is to be asked: where a step that cannot be undone by itself fails for good. */
function mayAsk(hit: Hit | undefined): boolean {
  if (!hit || !isForGood(hit.fault)) return false;
  return ['finishSecret', 'restoreCurrent', 'discardPending'].includes(hit.call.step);
}
