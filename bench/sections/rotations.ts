import { type StrategyName } from '../../client';
import { countRotation } from '../load/count-rotation';
import { loadFigures, rotateMany } from '../load/rotate-many';
import { UsageMeter } from '../load/usage-meter';
import { type BenchContext, type Chart, type Row, type Section, using } from '../section';
import { createTargets, type Database, type EngineName, enginesHere, startDatabase } from '../stack/databases';
import { type BenchStack, startBenchStack } from '../stack/start-bench-stack';

/** How many rotations at a time, and how many in all: enough for some seconds, and of five runs for a p99. */
const loads = [
  { atATime: 1, rotations: 20 },
  { atATime: 4, rotations: 24 },
  { atATime: 16, rotations: 48 },
  { atATime: 64, rotations: 64 },
] as const;
const quickLoads = [
  { atATime: 1, rotations: 4 },
  { atATime: 16, rotations: 16 },
] as const;
const secrets = 64;

/** PostgreSQL gives a user one password only. */
const strategiesOf: Readonly<Record<EngineName, readonly StrategyName[]>> = {
  postgres: ['single-user', 'alternating-users'],
  mysql: ['single-user', 'alternating-users', 'multiple-credentials'],
  mariadb: ['single-user', 'alternating-users', 'multiple-credentials'],
};

interface Bench {
  readonly context: BenchContext;
  readonly stack: BenchStack;
  readonly database: Database;
  readonly strategy: StrategyName;
}

/** Rotations of every strategy on every engine: speed, CPU and memory, and what one rotation asks of whom. */
export const rotationsSection: Section = {
  name: 'rotations',
  title: 'Rotations, everything aboard on one machine',
  run: (context) =>
    using(
      () => startBenchStack(context, { endpoint: ['--admin'] }),
      async (stack) => {
        await stack.servers.worker.start({});
        const rows: Row[] = [];
        for (const engine of enginesHere(context)) rows.push(...(await measureEngine({ context, stack }, engine)));
        return rows;
      },
    ),
  charts: (rows) => [
    chart(rows, { figure: 'rotations', title: 'Rotations a second', unit: '/s' }),
    chart(rows, { figure: 'p50', title: 'Half of the rotations take at most', unit: 'ms' }),
  ],
};

function measureEngine({ context, stack }: Pick<Bench, 'context' | 'stack'>, engine: EngineName): Promise<Row[]> {
  return using(
    () => startDatabase(stack, engine, context),
    async (database) => {
      const rows: Row[] = [];
      for (const strategy of strategiesOf[engine])
        rows.push(...(await measure({ context, stack, database, strategy })));
      return rows;
    },
  );
}

async function measure({ context, stack, database, strategy }: Bench): Promise<Row[]> {
  const of = { strategy, engine: database.engine };
  context.onProgress(`${strategy} on ${database.engine}: counting`);
  const counts = await countRotation(stack, { database, strategy });
  const prefix = `${database.engine}_${strategy.charAt(0)}`;
  const secretIds = await createTargets(stack, { database, strategy, count: secrets, prefix });
  await rotateMany(stack, { secretIds, atATime: 4, rotations: context.quick ? 4 : 16 });
  const processes = new Map([...stack.pids, ['database', database.pid]]);
  const speed = await context.repeat(async () => {
    const rows: Row[] = [];
    for (const load of context.quick ? quickLoads : loads) {
      const meter = new UsageMeter(processes);
      const result = await rotateMany(stack, { secretIds, ...load });
      const at = { ...of, 'at a time': load.atATime };
      rows.push({ of: at, figures: loadFigures(result, targetsOf({ strategy, database, ...load })) });
      rows.push({ of: at, figures: meter.cpu(load.rotations) }, { of: at, figures: meter.memory() });
    }
    return rows;
  });
  return [...speed, { of, figures: counts }];
}

/** What was promised for two cores. */
function targetsOf({
  strategy,
  database,
  atATime,
}: Pick<Bench, 'strategy' | 'database'> & { atATime: number }): Parameters<typeof loadFigures>[1] {
  if (strategy !== 'single-user' || database.engine !== 'postgres') return {};
  if (atATime === 1) return { p50: { atMost: 200 } };
  return atATime === 16 ? { perSecond: { atLeast: 16 } } : {};
}

/** One bar for each strategy and engine, beside each other for each number of rotations at a time. */
function chart(
  rows: readonly Row[],
  { figure, title, unit }: { figure: 'rotations' | 'p50'; title: string; unit: string },
): Chart {
  const measured = rows.filter(({ figures }) => figures[figure] !== undefined);
  const categories = [...new Set(measured.map(({ of }) => of['at a time'] ?? ''))];
  const names = [...new Set(measured.map(({ of }) => `${of.strategy ?? ''}, ${of.engine ?? ''}`))];
  const valueOf = (name: string, category: string | number): number | undefined =>
    measured.find(({ of }) => `${of.strategy ?? ''}, ${of.engine ?? ''}` === name && of['at a time'] === category)
      ?.figures[figure]?.value;
  return {
    ...{ name: `rotations-${figure === 'p50' ? 'p50' : 'per-second'}`, title, kind: 'bar', unit },
    categories: categories.map((category) => `${category} at a time`),
    series: names.map((name) => ({ name, values: categories.map((category) => valueOf(name, category)) })),
  };
}
