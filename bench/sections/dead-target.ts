import { setTimeout as sleep } from 'node:timers/promises';
import { rotationId } from '../../rotation/rotation-id';
import { loadFigures, type LoadResult, requestRotation, rotateMany } from '../load/rotate-many';
import { UsageMeter } from '../load/usage-meter';
import { type BenchContext, type Chart, type Figure, type Row, type Section, using } from '../section';
import { createTargets, type Database, eachOf, startDatabase } from '../stack/databases';
import { startSilentHost } from '../stack/silent-host';
import { type BenchStack, startBenchStack } from '../stack/start-bench-stack';

const full = { healthy: 200, rotations: 200, dead: [1, 1_000], settleMs: 30_000 } as const;
const quick = { healthy: 32, rotations: 32, dead: [1, 40], settleMs: 5_000 } as const;
const atATime = 16;
/** Each takes five minutes. The machine's own speed changes by more than what is looked for, so one run says little. */
const mostRuns = 3;
/** As long as an engine waits for a server: by then no attempt of an ended rotation is left. */
const attemptMs = 6_000;

interface Bench {
  readonly context: BenchContext;
  readonly stack: BenchStack;
  readonly healthy: readonly string[];
  readonly dead: readonly string[];
}

/** Healthy rotations, and what they cost. */
interface Healthy extends LoadResult {
  readonly cpu: Record<string, Figure>;
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
      await rotateMany(stack, { secretIds: healthy, atATime, rotations: plan.rotations });
      return context.repeat(() => measure({ context, stack, healthy, dead }, plan), mostRuns);
    },
  );
}

/** Those beside nobody are measured first and last, so that a machine that gets slower is not taken for the dead host's doing. */
async function measure(
  bench: Bench,
  { dead, settleMs }: Pick<typeof full | typeof quick, 'dead' | 'settleMs'>,
): Promise<Row[]> {
  const measured: { name: string; count: number; found: Beside }[] = [];
  for (const [name, count] of [
    ['none, at first', 0],
    ...dead.map((many) => [String(many), many] as const),
    ['none, at last', 0],
  ] as const) {
    bench.context.onProgress(`on the dead host: ${name}`);
    measured.push({ name, count, found: await besideDead(bench, { dead: bench.dead.slice(0, count), settleMs }) });
  }
  const alone = measured.filter(({ count }) => count === 0).map(({ found }) => found);
  return measured.flatMap(({ name, found: { begun, settled } }) => [
    ...rowsOf(bench, {
      of: { dead: name, since: 'just now' },
      result: begun,
      alone: alone.map((one) => one.begun),
    }),
    ...rowsOf(bench, {
      of: { dead: name, since: `${settleMs / 1_000} s` },
      result: settled,
      alone: alone.map((one) => one.settled),
    }),
  ]);
}

interface Measured {
  readonly of: Row['of'];
  readonly result: Healthy;
  /** The same beside nobody. */
  readonly alone: readonly Healthy[];
}

function rowsOf({ healthy }: Bench, { of, result: { cpu, ...result }, alone }: Measured): Row[] {
  const where = { ...of, healthy: healthy.length };
  return [
    { of: where, figures: { ...loadFigures(result), later: laterThan(alone, result) } },
    { of: where, figures: cpu },
  ];
}

/** What healthy rotations do at both times. */
interface Beside {
  readonly begun: Healthy;
  readonly settled: Healthy;
}

/** Beside rotations that have just begun, and beside the same when they are tried more seldom. */
async function besideDead(
  bench: Bench,
  { dead, settleMs }: { dead: readonly string[]; settleMs: number },
): Promise<Beside> {
  const { stack } = bench;
  await eachOf(dead, (secretId) => requestRotation(stack.client, secretId));
  try {
    const begun = await rotateHealthy(bench);
    await sleep(settleMs);
    return { begun, settled: await rotateHealthy(bench) };
  } finally {
    await eachOf(dead, (arn) => stack.temporal.workflow.getHandle(rotationId(arn)).terminate());
    await sleep(attemptMs);
  }
}

/** The time of a core that the processes used meanwhile is shared out to the healthy rotations, the dead ones' tries included. */
async function rotateHealthy({ context, stack, healthy }: Bench): Promise<Healthy> {
  const meter = new UsageMeter(stack.pids);
  const { rotations } = context.quick ? quick : full;
  const result = await rotateMany(stack, { secretIds: healthy, atATime, rotations });
  return { ...result, cpu: meter.cpu(rotations) };
}

function laterThan(alone: readonly Healthy[], { perSecond }: Pick<Healthy, 'perSecond'>): Figure {
  const usual = alone.reduce((sum, one) => sum + one.perSecond, 0) / alone.length;
  return { value: (usual / perSecond - 1) * 100, unit: '%', target: { atMost: 5 } };
}

function chart(rows: readonly Row[]): Chart {
  const speeds = rows.filter(({ figures }) => figures.rotations !== undefined);
  return {
    ...{ name: 'dead-target', title: 'Healthy rotations a second', kind: 'bar', unit: '/s' },
    categories: speeds.map(({ of }) => `on a dead host: ${of.dead ?? ''}, since ${of.since ?? ''}`),
    series: [{ name: 'healthy', values: speeds.map(({ figures }) => figures.rotations?.value) }],
  };
}
