import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { cachingSha2Hash, leastRounds, mostRounds } from '../../adapters/mysql/caching-sha2-hash';
import { leastIterations, scramVerifier } from '../../adapters/postgres/scram-verifier';
import { waitUntil } from '../../local/supervisor';
import { Sensitive } from '../../rotation/sensitive';
import { type EventLoopDelay, probeFileVariable, watchEventLoop } from '../load/event-loop-probe';
import { rotateMany } from '../load/rotate-many';
import { type BenchContext, type Row, type Section, type Target, using } from '../section';
import { createTargets, type EngineName, enginesHere, startDatabase } from '../stack/databases';
import { type BenchStack, startBenchStack } from '../stack/start-bench-stack';

const atATime = 16;
const rotations = 64;
const answerLimitMs = 10_000;
const manyIterations = 100_000;
const computations = 16;

/** Far below a heartbeat's second; a single computation that blocked would take several times as long. */
const most: Target = { atMost: 50 };

/** Whether computing verifiers and hashes leaves the event loop free: alone, and in a worker that rotates. */
export const eventLoopSection: Section = {
  name: 'event-loop',
  title: 'The event loop while passwords are turned into verifiers',
  run: async (context) => {
    const alone = await context.repeat(computeAlone);
    const inWorker = await using(
      () => startBenchStack(context),
      async (stack) => {
        const file = path.join(stack.home, 'event-loop.json');
        await stack.servers.worker.start({
          [probeFileVariable]: file,
          NODE_OPTIONS: `--require ${path.join(__dirname, '../load/event-loop-probe.js')}`,
        });
        const rows: Row[] = [];
        for (const engine of enginesHere(context))
          rows.push(...(await measureEngine({ context, stack, file }, engine)));
        return rows;
      },
    );
    return [...alone, ...inWorker];
  },
};

const kinds: Readonly<Record<string, (password: Sensitive) => Promise<string>>> = {
  [`SCRAM-SHA-256, ${leastIterations} iterations`]: (password) =>
    scramVerifier({ password, iterations: leastIterations }),
  [`SCRAM-SHA-256, ${manyIterations} iterations`]: (password) =>
    scramVerifier({ password, iterations: manyIterations }),
  [`caching_sha2_password, ${leastRounds} rounds`]: (password) => cachingSha2Hash({ password, rounds: leastRounds }),
  [`caching_sha2_password, ${mostRounds} rounds`]: (password) => cachingSha2Hash({ password, rounds: mostRounds }),
};

/** Sixteen at once in this process, which does nothing else. */
async function computeAlone(): Promise<Row[]> {
  const password = new Sensitive('no-password-of-anything');
  const rows: Row[] = [];
  for (const [computed, compute] of Object.entries(kinds)) {
    await compute(password);
    const take = watchEventLoop();
    const begin = performance.now();
    await Promise.all(Array.from({ length: computations }, () => compute(password)));
    const each = { value: (performance.now() - begin) / computations, unit: 'ms' };
    rows.push({ of: { computed }, figures: { each, ...figuresOf(take(), most) } });
  }
  return rows;
}

async function measureEngine(
  { context, stack, file }: { context: BenchContext; stack: BenchStack; file: string },
  engine: EngineName,
): Promise<Row[]> {
  return using(
    () => startDatabase(stack, engine, context),
    async (database) => {
      const targets = { database, strategy: 'single-user', count: atATime, prefix: `${engine}_loop` } as const;
      const load = { secretIds: await createTargets(stack, targets), atATime };
      await rotateMany(stack, { ...load, rotations: atATime });
      return context.repeat(async () => {
        await askProbe(stack, file); // forgets what was before
        await rotateMany(stack, { ...load, rotations: context.quick ? atATime : rotations });
        const of = { worker: `${atATime} rotations at a time`, engine };
        return [{ of, figures: figuresOf(await askProbe(stack, file)) }];
      });
    },
  );
}

async function askProbe({ pids }: BenchStack, file: string): Promise<EventLoopDelay> {
  await rm(file, { force: true });
  process.kill(pids.get('worker') ?? NaN, 'SIGHUP');
  const answer: { delay?: EventLoopDelay } = {};
  await waitUntil(
    async () => {
      const text = await readFile(file, 'utf8').catch(() => '');
      if (text.endsWith('}')) answer.delay = JSON.parse(text) as EventLoopDelay;
      return answer.delay !== undefined;
    },
    { limitMs: answerLimitMs },
  );
  if (!answer.delay) throw new Error('The worker does not tell of its event loop.');
  return answer.delay;
}

function figuresOf({ p99Ms, maxMs }: EventLoopDelay, target?: Target): Row['figures'] {
  return { 'p99 delay': { value: p99Ms, unit: 'ms' }, 'largest delay': { value: maxMs, unit: 'ms', target } };
}
