import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type StackOptions } from '../local/stack';
import { measureSchedules, type ScheduleResults } from './measure-schedules';

const resultsFile = path.join('bench', 'results', 'schedules.json');

/** One number that the benchmark found. */
export interface ScheduleRow {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
}

/**
 * Making, reading and arming many Schedules, on a fresh stack of its own, as rows for a table. Writes all that was found
 * to `bench/results/schedules.json`.
 */
export async function benchSchedules(
  options: Pick<StackOptions, 'env' | 'onProgress'> & { readonly count: number },
): Promise<ScheduleRow[]> {
  const results = await measureSchedules(options);
  await mkdir(path.dirname(resultsFile), { recursive: true });
  await writeFile(resultsFile, `${JSON.stringify(results, undefined, 2)}\n`);
  return rowsOf(results);
}

function rowsOf({ schedules, operations, listAllMs, processes, instantToFirstStepMs }: ScheduleResults): ScheduleRow[] {
  const middle = instantToFirstStepMs[Math.floor(instantToFirstStepMs.length / 2)] ?? NaN;
  return [
    ...operations.flatMap(({ operation, perSecond, p50Ms, p99Ms }) => [
      { what: `${operation} ${schedules} schedules`, value: perSecond, unit: '/s' },
      { what: `${operation} a schedule, p50`, value: p50Ms, unit: 'ms' },
      { what: `${operation} a schedule, p99`, value: p99Ms, unit: 'ms' },
    ]),
    { what: `list ${schedules} schedules`, value: listAllMs, unit: 'ms' },
    ...processes.flatMap(({ process: name, mebibytes, idleCpu }) => [
      { what: `memory of ${name} with ${schedules} schedules`, value: mebibytes, unit: 'MiB' },
      { what: `idle CPU of ${name} with ${schedules} schedules`, value: idleCpu, unit: '% of a core' },
    ]),
    { what: "a schedule's instant to the first step, median", value: middle, unit: 'ms' },
    { what: "a schedule's instant to the first step, longest", value: instantToFirstStepMs.at(-1) ?? NaN, unit: 'ms' },
  ];
}

/** `node dist/bench/schedules.js [how many]`: this benchmark alone. */
async function main(): Promise<void> {
  const rows = await benchSchedules({
    count: Number(process.argv[2] ?? 5_000),
    env: process.env,
    onProgress: (line) => {
      process.stderr.write(`${line}\n`);
    },
  });
  console.table(rows);
}

if (require.main === module) {
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  main().catch((err: unknown) => {
    process.stderr.write(`bench: ${err instanceof Error ? err.message : 'failed'}\n`);
    process.exitCode = 1;
  });
}
