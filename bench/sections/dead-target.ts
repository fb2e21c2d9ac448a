import { setTimeout as sleep } from 'node:timers/promises';
import { rotationId } from '../../rotation/rotation-id';
import { loadFigures, type LoadResult, rotateMany } from '../load/rotate-many';
import { type BenchContext, type Chart, type Row, type Section, using } from '../section';
import { createTargets, type Database, eachOf, startDatabase } from '../stack/databases';
import { startSilentHost } from '../stack/silent-host';
import { type BenchStack, startBenchStack } from '../stack/start-bench-stack';

const full = { healthy: 200, dead: [1, 1_000] } as const;
const quick = { healthy: 32, dead: [1, 60] } as const;
const atATime = 16;
const mostRuns = 3;
/** As long as an engine waits for a server: by then no attempt of an ended rotation is left. */
const attemptMs = 6_000;

interface Bench {
  readonly context: BenchContext;
  readonly stack: BenchStack;
  readonly healthy: readonly string[];
  readonly dead: readonly string[];
}

/** Healthy rotations beside others whose database swallows packets: how much later the healthy ones finish. */
export const deadTargetSection: Section = {
  name: 'dead-target',
  title: 'Healthy rotations beside some whose host swallows packets',
  run: (context) =>
    using(
      () => startBenchStack(context),
      (stack) =>
        using(
          () => startDatabase(stack, 'postgres', context),
          (database) => runOn({ context, stack, database }),
        ),
    ),
  charts: (rows) => [chart(rows)],
};

async function runOn({
  context,
  stack,
  database,
}: Pick<Bench, 'context' | 'stack'> & { database: Database }): Promise<Row[]> {
  const plan = context.quick ? quick : full;
  return using(
    () => startSilentHost(stack),
    async ({ address }) => {
      const common = { database, strategy: 'single-user' } as const;
      const healthy = await createTargets(stack, { ...common, count: plan.healthy, prefix: 'healthy' });
      const nobody = { ...database, createUsers: () => Promise.resolve() };
      const count = Math.max(...plan.dead);
      const dead = await createTargets(stack, { ...common, database: nobody, count, prefix: 'dead', address });
      await stack.servers.worker.start({});
      await rotateMany(stack, { secretIds: healthy, atATime, rotations: plan.healthy });
      return context.repeat(() => measure({ context, stack, healthy, dead }, plan.dead), mostRuns);
    },
  );
}

async function measure(bench: Bench, counts: readonly number[]): Promise<Row[]> {
  const alone = await rotateHealthy(bench);
  const rows: Row[] = [{ of: { dead: 0, healthy: bench.healthy.length }, figures: figuresOf(alone, alone) }];
  for (const count of counts) {
    bench.context.onProgress(`${count} on the dead host`);
    const beside = await besideDead(bench, bench.dead.slice(0, count));
    const of = { dead: count, healthy: bench.healthy.length };
    rows.push({ of, figures: figuresOf(beside, alone) });
  }
  return rows;
}

async function besideDead(bench: Bench, dead: readonly string[]): Promise<LoadResult> {
  const { stack } = bench;
  await eachOf(dead, (secretId) => stack.client.rotateSecret({ secretId }));
  try {
    return await rotateHealthy(bench);
  } finally {
    await eachOf(dead, (arn) => stack.temporal.workflow.getHandle(rotationId(arn)).terminate());
    await sleep(attemptMs);
  }
}

function rotateHealthy({ stack, healthy }: Bench): Promise<LoadResult> {
  return rotateMany(stack, { secretIds: healthy, atATime, rotations: healthy.length });
}

function figuresOf(result: LoadResult, alone: LoadResult): Row['figures'] {
  const later = (alone.perSecond / result.perSecond - 1) * 100;
  return { ...loadFigures(result), later: { value: later, unit: '%', target: { atMost: 5 } } };
}

function chart(rows: readonly Row[]): Chart {
  return {
    ...{ name: 'dead-target', title: 'Healthy rotations a second', kind: 'bar', unit: '/s' },
    categories: rows.map(({ of }) => `${of.dead ?? ''} on a dead host`),
    series: [{ name: 'healthy', values: rows.map(({ figures }) => figures.rotations?.value) }],
  };
}
