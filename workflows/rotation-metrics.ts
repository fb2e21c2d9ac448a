import { metricMeter } from '@temporalio/workflow';
import { type RotationTrigger, type StepRecord } from './rotation-status';

/** How a rotation ended, in metrics and search attributes. */
export type RotationEnd = 'rotated' | 'tested' | 'failed' | 'cancelled' | 'abandoned' | 'reconciled' | 'discarded';

/** Counts the end of a rotation. The SDK's meter is silent during replay, so each is counted once. */
export function countRotation({ secretId, outcome, trigger }: CountedRotation): void {
  metricMeter.createCounter('rotor_rotations', undefined, 'Rotations that ended').add(1, { outcome, trigger });
  if (outcome !== 'rotated') return;
  const lastSuccess = metricMeter.createGauge('rotor_last_success_timestamp', 'int', 's', 'When a secret was rotated');
  lastSuccess.set(Math.floor(Date.now() / 1_000), { secret: secretId });
}

/** A rotation that ended. */
export interface CountedRotation {
  readonly secretId: string;
  readonly outcome: RotationEnd;
  readonly trigger: RotationTrigger;
}

/** Records how long a step took, its attempts and the waiting between them included. */
export function recordStep({ step, startedAt, endedAt = startedAt, outcome = 'done' }: StepRecord): void {
  const duration = metricMeter.createHistogram(
    'rotor_step_duration',
    'int',
    'ms',
    'How long the steps of rotations took',
  );
  duration.record(Date.parse(endedAt) - Date.parse(startedAt), { step, outcome });
}
