import { type OperationCall } from './operation';
import { nextWindow } from './rotation-window';
import { type Rotation, type Secret } from './secret';
import { CURRENT } from './staging-labels';

type Planner = Pick<OperationCall, 'now' | 'random'>;

/** Plans the next rotation: a moment inside the next window, and the window's end as what callers are shown. */
export function planNext({ now, random }: Planner, rotation: Rotation): Rotation {
  const window = rotation.enabled ? nextWindow(rotation.rules, now) : undefined;
  if (window === undefined) return { ...rotation, plannedAt: undefined, nextBy: undefined };
  const plannedAt = window.startsAt + random(window.endsAt - window.startsAt);
  return { ...rotation, plannedAt, nextBy: window.endsAt - 1000 };
}

/** Plans the next attempt after one that failed for good; what callers are shown stays, and may lie in the past. */
export function planAfterFailure(planner: Planner, rotation: Rotation): Rotation {
  return { ...planNext(planner, rotation), nextBy: rotation.nextBy };
}

/** A manual change of the current value counts as a rotation for a schedule in days. */
export function afterNewCurrent(planner: Planner, { before, after }: { before: Secret; after: Secret }): Secret {
  const { rotation } = after;
  const moved = before.labels.get(CURRENT) !== after.labels.get(CURRENT);
  if (!moved || rotation?.rules.AutomaticallyAfterDays === undefined) return after;
  if (rotation.rules.ScheduleExpression !== undefined) return after;
  return { ...after, rotation: planNext(planner, rotation) };
}
