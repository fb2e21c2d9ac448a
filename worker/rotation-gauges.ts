import { setTimeout as sleep } from 'node:timers/promises';
import { type Client } from '@temporalio/client';
import { type MetricMeter } from '@temporalio/common';
import { surveyRotations } from './survey-rotations';

const everyMs = 60_000;
const deadlineMs = 20_000;

/** What the metrics are told from and to. */
export interface RotationGauges {
  readonly temporal: Client;
  readonly meter: MetricMeter;
  /** Whether the namespace has Rotor's search attributes: without them it is not known which rotations wait. */
  readonly searchable: boolean;
}

/**
 * Keeps the metrics about all secrets up to date, about once a minute, until it is told to stop: how many are overdue or
 * wait for a decision, and when each was last rotated, whichever worker did it. What is not known is not told. A survey
 * that fails leaves the metrics as they were and is made up for by the next one: it is never a reason for a worker to end.
 */
export async function tellRotationGauges(
  { temporal, meter, searchable }: RotationGauges,
  stopped: AbortSignal,
): Promise<void> {
  const overdue = meter.createGauge('rotor_overdue', 'int', undefined, 'Secrets whose rotation is overdue');
  const lastSuccess = meter.createGauge('rotor_last_success_timestamp', 'int', 's', 'When a secret was rotated');
  const undecided = meter.createGauge(
    'rotor_waiting_for_decision',
    'int',
    undefined,
    'Rotations that wait for a person',
  );
  while (!stopped.aborted) {
    try {
      const survey = await temporal.withDeadline(Date.now() + deadlineMs, () => surveyRotations(temporal, new Date()));
      overdue.set(survey.overdue.size);
      if (searchable) undecided.set(survey.waiting.size);
      for (const [secret, at] of survey.lastRotations) lastSuccess.set(Math.floor(at.getTime() / 1_000), { secret });
    } catch {
      // The next survey tells them.
    }
    await sleep(everyMs * (0.75 + Math.random() / 2), undefined, { signal: stopped, ref: false }).catch(
      () => undefined,
    );
  }
}
