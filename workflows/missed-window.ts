import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { ApplicationFailure, patched, setCurrentDetails, workflowInfo } from '@temporalio/workflow';
import { ConfigurationInvalidError } from '../rotation/errors';
import { type RotationPlan } from '../rotation/rotation-request';
import { type RotationRules } from '../rotation/schedule/rotation-rules';
import { isWindowOpen } from '../rotation/schedule/rotation-window';
import { activities } from './rotation-activities';

/** The end of a tick that came while no window was open: nothing was rotated, and the Schedule is armed anew. */
export interface MissedWindow {
  readonly outcome: 'missedWindow';
  /** The instant that the Schedule fired for. ISO 8601. */
  readonly firedFor: string;
  /** ISO 8601; absent where the secret has no Schedule any more. */
  readonly nextRotation?: string;
}

/** The server's own: the instant that a Schedule fires for, however late it does, or at which it was triggered. */
const scheduledStartTime = defineSearchAttributeKey('TemporalScheduledStartTime', SearchAttributeType.DATETIME);

/**
 * Arms the Schedule for its next window where none is open now, and tells so; undefined where the rotation may begin. A
 * person who triggers the Schedule, or starts the tick without it, is not bound to the windows.
 */
export async function missedWindow({
  secretId,
  rotationRules: rules,
}: RotationPlan): Promise<MissedWindow | undefined> {
  const instant = workflowInfo().typedSearchAttributes.get(scheduledStartTime);
  if (!instant || isOpenNow(rules) || !patched('missed-window')) return undefined;
  const firedFor = instant.toISOString();
  const { byHand, nextRotation } = await activities.armNextRotation({ secretId, missed: { firedFor, rules } });
  if (byHand) return undefined;
  const next = nextRotation === undefined ? '' : ` The next one is at ${nextRotation}.`;
  setCurrentDetails(`**Nothing was rotated**: the window of ${firedFor} is closed.${next}`);
  return { outcome: 'missedWindow', firedFor, ...(nextRotation === undefined ? {} : { nextRotation }) };
}

/** A plain error would be retried for ever in a workflow; rules that cannot be read need a person. */
function isOpenNow(rules: RotationRules): boolean {
  try {
    return isWindowOpen({ instant: new Date(), rules });
  } catch (err) {
    if (!(err instanceof ConfigurationInvalidError)) throw err;
    throw ApplicationFailure.create({ type: err.name, message: err.message, nonRetryable: true });
  }
}
