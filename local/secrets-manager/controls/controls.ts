import { RotationEvents } from '../rotator/rotation-events';
import { CallLog } from './call-log';
import { Faults } from './faults';
import { HiddenWrites } from './hidden-writes';
import { SettableClock } from './settable-clock';

/** What a test can do to a running endpoint, and ask of it. */
export interface Controls {
  readonly clock: SettableClock;
  readonly faults: Faults;
  readonly calls: CallLog;
  readonly events: RotationEvents;
  readonly hidden: HiddenWrites;
}

/** What controls start from. */
export interface ControlOptions {
  /** The real time. @defaultValue `Date.now` */
  readonly now?: (() => number) | undefined;
  /** @defaultValue true */
  readonly logCalls?: boolean | undefined;
}

/** Controls that do nothing yet. */
export function createControls({ now, logCalls = true }: ControlOptions): Controls {
  return {
    clock: new SettableClock(now),
    faults: new Faults(),
    calls: new CallLog(logCalls),
    events: new RotationEvents(),
    hidden: new HiddenWrites(),
  };
}
