import { setTimeout as sleep } from 'node:timers/promises';
import { type Client } from '@temporalio/client';
import { type MetricMeter } from '@temporalio/common';
import { countOverdue } from './overdue-rotations';

const everyMs = 60_000;
const deadlineMs = 20_000;

/**
 * Keeps the metric `rotor_overdue` up to date, about once a minute, until it is told to stop. A sweep that fails leaves
 * the metric as it was and is made up for by the next one: it is never a reason for a worker to end.
 */
export async function sweepOverdue(
  { temporal, meter }: { temporal: Client; meter: MetricMeter },
  stopped: AbortSignal,
): Promise<void> {
  const overdue = meter.createGauge('rotor_overdue', 'int', undefined, 'Secrets whose rotation is overdue');
  while (!stopped.aborted) {
    try {
      overdue.set(await temporal.withDeadline(Date.now() + deadlineMs, () => countOverdue(temporal, new Date())));
    } catch {
      // The next sweep counts again.
    }
    await sleep(everyMs * (0.75 + Math.random() / 2), undefined, { signal: stopped, ref: false }).catch(
      () => undefined,
    );
  }
}
