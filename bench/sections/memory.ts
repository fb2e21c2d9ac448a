import { growth } from '../load/growth';
import { rotateMany } from '../load/rotate-many';
import { type BenchContext, type Chart, type Figure, type Row, type Section, using } from '../section';
import { createTargets, startDatabase } from '../stack/databases';
import { processUsage } from '../stack/process-usage';
import { type BenchStack, startBenchStack } from '../stack/start-bench-stack';

const full = { rotations: 10_000, secrets: 256 };
const quick = { rotations: 500, secrets: 64 };
const samples = 20;
const atATime = 16;

/** Many rotations one after another: how much memory each process has while they go on. Run once, for its length. */
export const memorySection: Section = {
  name: 'memory',
  title: 'Memory over many rotations, single-user on PostgreSQL, 16 at a time',
  run: (context) =>
    using(
      () => startBenchStack(context),
      (stack) =>
        using(
          () => startDatabase(stack, 'postgres', context),
          async (database) => {
            const count = (context.quick ? quick : full).secrets;
            const secretIds = await createTargets(stack, { database, strategy: 'single-user', count, prefix: 'many' });
            await stack.servers.worker.start({});
            return measure({ context, stack, secretIds });
          },
        ),
    ),
  charts: (rows) => [chart(rows)],
};

async function measure({
  context,
  stack,
  secretIds,
}: {
  context: BenchContext;
  stack: BenchStack;
  secretIds: readonly string[];
}): Promise<Row[]> {
  const { rotations } = context.quick ? quick : full;
  const rows: Row[] = [];
  const begin = performance.now();
  for (let sample = 1; sample <= samples; sample++) {
    await rotateMany(stack, { secretIds, atATime, rotations: rotations / samples });
    rows.push({ of: { rotations: (sample * rotations) / samples }, figures: memoryFigures(stack) });
    context.onProgress(`${(sample * rotations) / samples} of ${rotations} rotations`);
  }
  const perSecond = rotations / ((performance.now() - begin) / 1_000);
  return [...rows, { of: { process: 'worker' }, figures: { ...growthFigure(rows), sustained: sustained(perSecond) } }];
}

function memoryFigures({ pids }: BenchStack): Record<string, Figure> {
  return Object.fromEntries(
    [...pids].map(([name, pid]) => [name, { value: processUsage(pid).mebibytes, unit: 'MiB' }]),
  );
}

/** From the second quarter, when everything that is kept for later has been made, to the last. */
function growthFigure(rows: readonly Row[]): Record<string, Figure> {
  const worker = rows.flatMap(({ figures }) => figures.worker?.value ?? []);
  return { growth: { value: growth(worker) * 100, unit: '%', target: { atMost: 10 } } };
}

function sustained(value: number): Figure {
  return { value, unit: '/s', target: { atLeast: 16 } };
}

function chart(rows: readonly Row[]): Chart {
  const sampled = rows.filter(({ of }) => of.rotations !== undefined);
  const names = Object.keys(sampled[0]?.figures ?? {});
  return {
    ...{ name: 'memory', title: 'Memory over many rotations', kind: 'line', unit: 'MiB' },
    categories: sampled.map(({ of }) => of.rotations ?? ''),
    series: names.map((name) => ({ name, values: sampled.map(({ figures }) => figures[name]?.value) })),
  };
}
