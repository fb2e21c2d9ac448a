import { realDeps, rotateInProcess } from '../load/in-process';
import { loadFigures, type LoadResult, rotateMany, runLoad } from '../load/rotate-many';
import { type BenchContext, type Chart, type Row, type Section, using } from '../section';
import { createTargets, startDatabase } from '../stack/databases';
import { type BenchStack, startBenchStack } from '../stack/start-bench-stack';

const secrets = 16;
const loads = [
  { atATime: 1, rotations: 40 },
  { atATime: 16, rotations: 96 },
] as const;
const quickLoads = [
  { atATime: 1, rotations: 5 },
  { atATime: 16, rotations: 16 },
] as const;

/** The same steps on the same servers, called in process, and as a workflow that survives everything. */
export const durabilitySection: Section = {
  name: 'durability',
  title: 'The price of durability: the same steps in process and through Temporal, single-user on PostgreSQL',
  run: (context) =>
    using(
      () => startBenchStack(context),
      (stack) =>
        using(
          () => startDatabase(stack, 'postgres', context),
          async (database) => {
            const targets = { database, strategy: 'single-user', count: secrets, prefix: 'durable' } as const;
            const secretIds = await createTargets(stack, targets);
            await stack.servers.worker.start({});
            await rotateMany(stack, { secretIds, atATime: 4, rotations: secrets });
            return context.repeat(() => measure({ context, stack, secretIds }));
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
  const deps = realDeps(stack.secretsManager);
  const rows: Row[] = [];
  const add = (
    how: string,
    { atATime, result }: { atATime: number; result: Pick<LoadResult, 'perSecond' | 'durationsMs'> },
  ): void => {
    rows.push({ of: { how, 'at a time': atATime }, figures: loadFigures(result) });
  };
  for (const load of context.quick ? quickLoads : loads) {
    const { atATime } = load;
    const inProcess = await runLoad({ ...load, secretIds }, (name) =>
      rotateInProcess(deps, { name, configuration: {} }),
    );
    add('in process', { atATime, result: inProcess });
    add('through Temporal', { atATime, result: await rotateMany(stack, { ...load, secretIds }) });
  }
  return rows;
}

function chart(rows: readonly Row[]): Chart {
  const ways = [...new Set(rows.map(({ of }) => of.how ?? ''))];
  const categories = [...new Set(rows.map(({ of }) => of['at a time'] ?? ''))];
  const valueOf = (way: string | number, category: string | number): number | undefined =>
    rows.find(({ of }) => of.how === way && of['at a time'] === category)?.figures.p50?.value;
  return {
    ...{ name: 'durability', title: 'Half of the rotations take at most', kind: 'bar', unit: 'ms' },
    categories: categories.map((category) => `${category} at a time`),
    series: ways.map((way) => ({ name: String(way), values: categories.map((category) => valueOf(way, category)) })),
  };
}
