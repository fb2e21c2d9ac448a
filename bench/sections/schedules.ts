import { measureSchedules, type ScheduleResults } from '../load/measure-schedules';
import { median } from '../report/medians';
import { type BenchContext, type Row, type Section } from '../section';

/** None is what the others are compared with. */
const counts = [0, 1_000, 10_000];
const quickCounts = [0, 100];

/** Many Schedules: making, reading and arming them, what they cost while idle, and how punctual they are. Run once. */
export const schedulesSection: Section = {
  name: 'schedules',
  title: 'Schedules: rates, idle cost, and from the instant to the first step',
  run: async (context) => {
    const rows: Row[] = [];
    for (const count of context.quick ? quickCounts : counts) rows.push(...(await measure(context, count)));
    return rows;
  },
};

async function measure({ env, onProgress }: BenchContext, count: number): Promise<Row[]> {
  return rowsOf(await measureSchedules({ count, env, onProgress }));
}

function rowsOf({ schedules, operations, listAllMs, processes, instantToFirstStepMs }: ScheduleResults): Row[] {
  return [
    ...operations.map(({ operation, perSecond, p50Ms, p99Ms }) => ({
      of: { schedules, operation },
      figures: {
        rate: { value: perSecond, unit: '/s' },
        p50: { value: p50Ms, unit: 'ms' },
        p99: { value: p99Ms, unit: 'ms' },
      },
    })),
    ...processes.map(({ process, mebibytes, idleCpu }) => ({
      of: { schedules, process },
      figures: { memory: { value: mebibytes, unit: 'MiB' }, 'idle CPU': { value: idleCpu, unit: '% of a core' } },
    })),
    {
      of: { schedules },
      figures: {
        'list all': { value: listAllMs, unit: 'ms' },
        'instant to first step, median': { value: median(instantToFirstStepMs), unit: 'ms' },
        'instant to first step, worst': { value: Math.max(...instantToFirstStepMs), unit: 'ms' },
      },
    },
  ];
}
