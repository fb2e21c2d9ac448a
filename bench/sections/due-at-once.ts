import { CallCounter, totalCalls } from '../load/call-counter';
import { rotateAtOnceInProcess } from '../load/in-process-at-once';
import { quotaShare } from '../load/quota-share';
import { type AtOnce, type AtOnceResult, rotateAtOnce } from '../load/rotate-at-once';
import { percentile } from '../report/medians';
import { type BenchContext, type Chart, type Figure, type Row, type Section, type Target, using } from '../section';
import { createTargets, startDatabase } from '../stack/databases';
import { type BenchStack, startBenchStack } from '../stack/start-bench-stack';

const secrets = 1_000;
const quickSecrets = 60;
/** Each takes minutes, and many rotations make a number steady by themselves. */
const mostRuns = 1;
const limitMs = 600_000;
/** A Schedule is made in about 16 ms, and one of an earlier run deleted first. */
const msToMakeOne = 50;
const leastOfTheQuota: Target = { atLeast: 95 };

/** Secrets Manager's operations that change something of a secret: they share one quota. */
const writes = ['PutSecretValue', 'UpdateSecret', 'UpdateSecretVersionStage'];

interface Bench {
  readonly context: BenchContext;
  readonly stack: BenchStack;
  readonly secretIds: readonly string[];
}

/** Many secrets whose Schedules have one instant: from the first to the last, without quotas and with AWS's own. */
export const dueAtOnceSection: Section = {
  name: 'due-at-once',
  title: 'Secrets due at the same instant',
  run: (context) =>
    using(
      () => startBenchStack(context),
      (stack) =>
        using(
          () => startDatabase(stack, 'postgres', context),
          async (database) => {
            const count = context.quick ? quickSecrets : secrets;
            context.onProgress(`${count} users and secrets`);
            const secretIds = await createTargets(stack, { database, strategy: 'single-user', count, prefix: 'due' });
            await stack.servers.worker.start({});
            return measure({ context, stack, secretIds });
          },
        ),
    ),
  charts: (rows) => [chart(rows)],
};

/** How the rotations come about, and how much of the service's quotas is there for them. */
const plans = [
  { how: 'Schedules', quotas: 'none', rotate: bySchedules },
  { how: 'Schedules', quotas: "AWS's", share: 1, target: leastOfTheQuota, rotate: bySchedules },
  { how: 'Schedules', quotas: "a quarter of AWS's", share: 0.25, target: leastOfTheQuota, rotate: bySchedules },
  { how: 'in process', quotas: "AWS's", share: 1, target: leastOfTheQuota, rotate: rotateAtOnceInProcess },
] as const;

async function measure({ context, stack, secretIds }: Bench): Promise<Row[]> {
  return context.repeat(async () => {
    const rows: Row[] = [];
    for (const { how, quotas, rotate, ...limit } of plans) {
      const enforced = 'share' in limit ? ['--enforce-quotas', String(limit.share)] : [];
      await stack.servers.endpoint.start(['--admin', ...enforced]);
      const counter = new CallCounter(stack);
      context.onProgress(`${how}, quotas: ${quotas}`);
      const result = await rotate(stack, { secretIds, meanwhile: () => counter.update() });
      const calls = totalCalls(await counter.take(), writes);
      const ofQuota = 'share' in limit ? quotaFigures(result, { ...calls, ...limit }) : {};
      rows.push({ of: { secrets: secretIds.length, how, quotas }, figures: { ...figuresOf(result), ...ofQuota } });
    }
    return rows;
  }, mostRuns);
}

function bySchedules(stack: BenchStack, due: Pick<AtOnce, 'secretIds' | 'meanwhile'>): Promise<AtOnceResult> {
  return rotateAtOnce(stack, { ...due, inMs: 10_000 + due.secretIds.length * msToMakeOne, limitMs });
}

function figuresOf({ firstMs, lastMs, endsMs, failed }: AtOnceResult): Record<string, Figure> {
  return {
    first: { value: firstMs / 1_000, unit: 's' },
    last: { value: lastMs / 1_000, unit: 's' },
    rotations: { value: endsMs.length / ((lastMs - firstMs) / 1_000), unit: '/s' },
    '99 % done': { value: percentile(endsMs, 0.99) / 1_000, unit: 's' },
    failed: { value: failed, unit: '', target: { atMost: 0 } },
  };
}

function quotaFigures(
  { firstMs, lastMs }: AtOnceResult,
  { calls, throttled, share, target }: { calls: number; throttled: number; share: number; target?: Target },
): Record<string, Figure> {
  const used = quotaShare({ writes: calls - throttled, seconds: (lastMs - firstMs) / 1_000, share });
  return {
    'of the quota': { value: used * 100, unit: '%', target },
    'writes throttled': { value: (throttled / calls) * 100, unit: '%' },
  };
}

function chart(rows: readonly Row[]): Chart {
  return {
    name: 'due-at-once',
    title: `${rows[0]?.of.secrets ?? ''} secrets due at one instant: when how many are done`,
    kind: 'bar',
    unit: 's',
    categories: ['99 % done', 'last'],
    series: rows.map(({ of, figures }) => ({
      name: `${of.how ?? ''}, quotas: ${of.quotas ?? ''}`,
      values: [figures['99 % done']?.value, figures.last?.value],
    })),
  };
}
