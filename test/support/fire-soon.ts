import { type ScheduleHandle } from '@temporalio/client';
import { waitUntil } from '../../local/supervisor';

const leadMs = 2_000;
const everyMs = 86_400_000;

/** Sets a Schedule to an instant some two seconds ahead, to fire by itself; returns that instant. */
export async function fireSoon(schedule: ScheduleHandle): Promise<Date> {
  const startAt = new Date(Math.ceil((Date.now() + leadMs) / 1_000) * 1_000);
  await schedule.update((now) => ({
    ...now,
    spec: { intervals: [{ every: everyMs, offset: startAt.getTime() % everyMs }], startAt },
  }));
  const armed = async (): Promise<boolean> =>
    (await schedule.describe()).info.nextActionTimes[0]?.getTime() === startAt.getTime();
  await waitUntil(armed, { limitMs: leadMs });
  return startAt;
}
