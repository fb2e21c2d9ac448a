import { type Client, type ScheduleHandle, type WorkflowHandle } from '@temporalio/client';
import { waitUntil } from '../../local/supervisor';
import { type RotationRules } from '../../rotation/schedule/rotation-rules';
import { type scheduledRotation } from '../../workflows';
import { tickId } from '../../workflows/names';

const hourMs = 3_600_000;
const dayMs = 86_400_000;

/** Rules whose one window a day is closed now and for hours to come, and an instant inside the last one. */
export function closedWindow(): { rules: RotationRules; instant: Date } {
  const opening = (Math.floor(Date.now() / hourMs) - 12) * hourMs;
  const hour = new Date(opening).getUTCHours();
  return {
    rules: { scheduleExpression: `cron(0 ${hour} * * ? *)`, duration: '1h' },
    instant: new Date(opening + hourMs / 2),
  };
}

/** Makes a Schedule fire now for an instant that has passed, as the server does after an outage. */
export async function fireLate(schedule: ScheduleHandle, instant: Date): Promise<void> {
  await schedule.update((now) => ({
    ...now,
    spec: { intervals: [{ every: dayMs, offset: instant.getTime() % dayMs }], startAt: instant },
  }));
  await schedule.backfill({
    start: new Date(instant.getTime() - 1_000),
    end: new Date(instant.getTime() + 1_000),
    overlap: 'SKIP',
  });
}

/** Waits until a Schedule has started its tick for an instant. */
export async function startedTick(
  temporal: Client,
  { arn, instant }: { arn: string; instant: Date },
): Promise<WorkflowHandle<typeof scheduledRotation>> {
  const id = `${tickId(arn)}-${instant.toISOString().slice(0, 19)}Z`;
  const tick = temporal.workflow.getHandle<typeof scheduledRotation>(id);
  const isThere = (): Promise<boolean> =>
    tick.describe().then(
      () => true,
      () => false,
    );
  if (await waitUntil(isThere, { limitMs: 30_000 })) return tick;
  throw new Error(`The Schedule has not started ${id}.`);
}
