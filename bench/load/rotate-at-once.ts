import { setTimeout as sleep } from 'node:timers/promises';
import { defaultTaskQueue } from '../../client';
import { rotationId } from '../../rotation/rotation-id';
import { armedInterval } from '../../rotation/schedule/interval';
import { defaultRotationRules } from '../../rotation/schedule/rotation-rules';
import { workflowTypes } from '../../workflows/names';
import { scheduleDefinition } from '../../workflows/schedule-definition';
import { eachOf } from '../stack/databases';
import { type BenchStack } from '../stack/start-bench-stack';

/** How the rotations of many Schedules went that had one instant. */
export interface AtOnceResult {
  /** From the instant to the start of the first rotation, and to the end of the last. */
  readonly firstMs: number;
  readonly lastMs: number;
  /** From the instant to the end of each, ascending. */
  readonly endsMs: readonly number[];
  readonly failed: number;
}

/** The secrets by their ARNs, and how soon they are due: late enough for as many Schedules to be made. */
export interface AtOnce {
  readonly secretIds: readonly string[];
  readonly inMs: number;
  readonly limitMs: number;
  /** Called again and again until the last has ended. */
  readonly meanwhile?: () => Promise<void>;
}

const lookEveryMs = 1_000;

/** Gives each secret a Schedule with the same instant, and waits until each has been rotated by it. */
export async function rotateAtOnce(
  stack: BenchStack,
  { secretIds, inMs, limitMs, meanwhile }: AtOnce,
): Promise<AtOnceResult> {
  const instant = new Date(Math.ceil((Date.now() + inMs) / 1_000) * 1_000);
  await eachOf(secretIds, (arn) => createSchedule(stack, { arn, instant }));
  if (Date.now() > instant.getTime()) throw new Error('The Schedules were made too late for their instant.');
  const deadline = instant.getTime() + limitMs;
  const query = `WorkflowType = "${workflowTypes.owner}" AND StartTime >= "${instant.toISOString()}"`;
  for (;;) {
    const { count } = await stack.temporal.workflow.count(`${query} AND ExecutionStatus != "Running"`);
    await meanwhile?.();
    if (count >= secretIds.length) break;
    if (Date.now() > deadline) throw new Error(`Only ${count} of ${secretIds.length} rotations ended in time.`);
    await sleep(lookEveryMs);
  }
  return readResult(stack, { instant, query });
}

async function readResult(
  { temporal }: BenchStack,
  { instant, query }: { instant: Date; query: string },
): Promise<AtOnceResult> {
  const starts: number[] = [];
  const ends: number[] = [];
  let failed = 0;
  for await (const { startTime, closeTime, status } of temporal.workflow.list({ query })) {
    starts.push(startTime.getTime() - instant.getTime());
    ends.push((closeTime?.getTime() ?? NaN) - instant.getTime());
    if (status.name !== 'COMPLETED') failed += 1;
  }
  const endsMs = ends.sort((one, other) => one - other);
  return { firstMs: Math.min(...starts), lastMs: endsMs.at(-1) ?? NaN, endsMs, failed };
}

async function createSchedule(
  { temporal }: BenchStack,
  { arn, instant }: { arn: string; instant: Date },
): Promise<void> {
  const plan = { secretId: arn, configuration: {}, rotationRules: defaultRotationRules };
  const { everyMs, offsetMs, startAt } = armedInterval(instant, defaultRotationRules);
  const spec = { intervals: [{ every: everyMs, offset: offsetMs }], startAt };
  const scheduleId = rotationId(arn);
  await temporal.schedule
    .getHandle(scheduleId)
    .delete()
    .catch(() => undefined); // of an earlier run
  await temporal.schedule.create({ ...scheduleDefinition(plan, defaultTaskQueue), scheduleId, spec });
}
