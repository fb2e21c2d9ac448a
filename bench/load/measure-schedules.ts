import { createHistogram } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { readSchedule, rearm } from '../../activities/rotation-schedule';
import { defaultTaskQueue } from '../../client';
import { type Stack, type StackOptions } from '../../local/stack';
import { rotationId } from '../../rotation/rotation-id';
import { armedInterval, type ArmedInterval } from '../../rotation/schedule/interval';
import { nextRotation } from '../../rotation/schedule/next-rotation';
import { defaultRotationRules } from '../../rotation/schedule/rotation-rules';
import { scheduleDefinition } from '../../workflows/schedule-definition';
import { freshStack } from '../fresh-stack';
import { processUsage } from '../stack/process-usage';

/** One operation on every Schedule. */
export interface OperationResult {
  readonly operation: string;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** A process after all of it, when it had nothing to do for a while. */
export interface ProcessResult {
  readonly process: string;
  readonly mebibytes: number;
  /** Of one core, in percent, over ten idle seconds. */
  readonly idleCpu: number;
}

/** What the benchmark found, on what. */
export interface ScheduleResults {
  readonly schedules: number;
  readonly operations: readonly OperationResult[];
  readonly listAllMs: number;
  readonly processes: readonly ProcessResult[];
  /** From a Schedule's instant to the first step of its rotation. */
  readonly instantToFirstStepMs: readonly number[];
}

const atATime = 8;
const samples = 20;
const idleMs = 10_000;

/**
 * Makes, describes, lists and arms many Schedules on a fresh stack, and lets some fire. No secret stands behind them. With
 * none there is only what fires and what an idle stack costs.
 */
export async function measureSchedules(
  options: Pick<StackOptions, 'env' | 'onProgress'> & { readonly count: number },
): Promise<ScheduleResults> {
  const stack = await freshStack(options);
  const connection = await Connection.connect({ address: stack.temporal.address });
  try {
    const temporal = new Client({ connection, namespace: stack.temporal.namespace });
    return await measure({ temporal, stack }, options);
  } finally {
    await connection.close();
    await stack.close();
  }
}

async function measure(
  { temporal, stack }: { temporal: Client; stack: Stack },
  { count, onProgress }: { count: number; onProgress: (line: string) => void },
): Promise<ScheduleResults> {
  const arns = Array.from({ length: count }, (_, index) => arnOf(`bench-${index}`));
  const rates: OperationResult[] = [];
  for (const [operation, act] of count === 0 ? [] : Object.entries(operations(temporal))) {
    onProgress(`${operation} ${count}`);
    rates.push({ operation, ...(await rateOf(arns, act)) });
  }
  onProgress('list');
  const listAllMs = await timeOfList(temporal);
  const instantToFirstStepMs = await latencies(temporal);
  const processes = await idleProcesses(stack);
  return { schedules: count, operations: rates, listAllMs, processes, instantToFirstStepMs };
}

function operations(temporal: Client): Record<string, (arn: string) => Promise<unknown>> {
  return {
    create: (arn) => create(temporal, arn, intervalOf(arn, new Date())),
    describe: (arn) => temporal.schedule.getHandle(rotationId(arn)).describe(),
    rearm: (arn) => arm(temporal, arn, intervalOf(arn, new Date(Date.now() + 86_400_000))),
  };
}

async function arm(temporal: Client, arn: string, arming: ArmedInterval): Promise<void> {
  const { revision } = await readSchedule(temporal, arn);
  if (revision) await rearm(temporal, arn, { revision, arming });
}

function intervalOf(arn: string, lastRotation: Date): ArmedInterval {
  return armedInterval(nextRotation({ arn, lastRotation, rules: defaultRotationRules }), defaultRotationRules);
}

async function create(temporal: Client, arn: string, { everyMs, offsetMs, startAt }: ArmedInterval): Promise<void> {
  const plan = { secretId: arn, configuration: {}, rotationRules: defaultRotationRules };
  const spec = { intervals: [{ every: everyMs, offset: offsetMs }], startAt };
  await temporal.schedule.create({ ...scheduleDefinition(plan, defaultTaskQueue), scheduleId: rotationId(arn), spec });
}

async function rateOf(
  arns: readonly string[],
  act: (arn: string) => Promise<unknown>,
): Promise<Omit<OperationResult, 'operation'>> {
  const histogram = createHistogram();
  const waiting = [...arns];
  const begin = performance.now();
  const lane = async (): Promise<void> => {
    for (let arn = waiting.pop(); arn !== undefined; arn = waiting.pop()) {
      const called = performance.now();
      await act(arn);
      histogram.record(Math.max(1, Math.round((performance.now() - called) * 1_000)));
    }
  };
  await Promise.all(Array.from({ length: atATime }, lane));
  const perSecond = Math.round(arns.length / ((performance.now() - begin) / 1_000));
  const p50Ms = Math.round(histogram.percentile(50) / 1_000);
  return { perSecond, p50Ms, p99Ms: Math.round(histogram.percentile(99) / 1_000) };
}

async function timeOfList(temporal: Client): Promise<number> {
  const begin = performance.now();
  for await (const { scheduleId } of temporal.schedule.list()) if (!scheduleId) throw new Error('a list without ids');
  return Math.round(performance.now() - begin);
}

/** Some Schedules fire a second apart; the first step of each finds no secret, and that ends it. */
async function latencies(temporal: Client): Promise<number[]> {
  const begin = Math.ceil(Date.now() / 1_000) * 1_000 + 5_000;
  const instants = Array.from({ length: samples }, (_, index) => new Date(begin + index * 1_000));
  await Promise.all(
    instants.map((instant, index) =>
      create(temporal, arnOf(`fired-${index}`), armedInterval(instant, defaultRotationRules)),
    ),
  );
  await sleep(begin + samples * 1_000 + 5_000 - Date.now());
  return Promise.all(
    instants.map(async (instant, index) => (await firstStep(temporal, index)) - instant.getTime()),
  ).then((all) => all.sort((one, other) => one - other));
}

async function firstStep(temporal: Client, index: number): Promise<number> {
  const { events } = await temporal.workflow.getHandle(rotationId(arnOf(`fired-${index}`))).fetchHistory();
  const time = events?.find((event) => event.activityTaskStartedEventAttributes)?.eventTime;
  return Number(time?.seconds ?? NaN) * 1_000 + Math.round((time?.nanos ?? 0) / 1_000_000);
}

async function idleProcesses({ processes }: Stack): Promise<ProcessResult[]> {
  await sleep(idleMs * 3); // the server goes on for a while after a burst
  const before = processes.map(({ pid }) => processUsage(pid).cpuMs);
  await sleep(idleMs);
  return processes.map(({ name, pid }, index) => {
    const { cpuMs, mebibytes } = processUsage(pid);
    return { process: name, mebibytes, idleCpu: ((cpuMs - (before[index] ?? NaN)) / idleMs) * 100 };
  });
}

function arnOf(name: string): string {
  return `arn:aws:secretsmanager:eu-central-1:123456789012:secret:${name}-AAAAAA`;
}
