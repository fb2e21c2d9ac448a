import os from 'node:os';
import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { connectRotationClient, defaultTaskQueue, type RotationClient } from '../client';
import { type Stack, type StackOptions } from '../local/stack';
import { freshStack } from './fresh-stack';
import { residentMemory } from './process-memory';
import { createTargets } from './rotation-targets';

/** One way of asking: how many rotations, and how many of them at a time. */
interface Round {
  readonly atATime: number;
  readonly rotations: number;
}

/** What a round showed. Times are from the request to the known outcome. */
export interface RoundResult extends Round {
  readonly rotationsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** What the benchmark found, on what. */
export interface RotationResults {
  readonly machine: string;
  readonly rounds: readonly RoundResult[];
  /** Resident memory after the last round, in MiB. */
  readonly memory: readonly { readonly process: string; readonly mebibytes: number }[];
}

const warmUp: Round = { atATime: 4, rotations: 32 };
const rounds: readonly Round[] = [
  { atATime: 1, rotations: 100 },
  { atATime: 16, rotations: 400 },
];
const secrets = 64;

/** Measures rotations of real PostgreSQL users through everything that Rotor has, on a fresh stack on this machine. */
export async function measureRotations(options: Pick<StackOptions, 'env' | 'onProgress'>): Promise<RotationResults> {
  const stack = await freshStack(options);
  Object.assign(process.env, stack.environment); // this process is the operator's shell: its AWS client reads this
  const secretsManager = new SecretsManagerClient();
  const { client, close } = await connectRotationClient({
    temporal: { address: stack.temporal.address },
    namespace: stack.temporal.namespace,
    taskQueue: defaultTaskQueue,
  });
  try {
    const targets = await createTargets({ ...stack, secretsManager }, secrets);
    options.onProgress(`${secrets} database users with a secret each; warming up`);
    await run({ client, targets }, warmUp);
    return await measure({ client, targets, stack, onProgress: options.onProgress });
  } finally {
    await close();
    secretsManager.destroy();
    await stack.close();
  }
}

interface Bench {
  readonly client: RotationClient;
  readonly targets: readonly string[];
}

async function measure(
  bench: Bench & { readonly stack: Stack; readonly onProgress: (line: string) => void },
): Promise<RotationResults> {
  const results: RoundResult[] = [];
  for (const round of rounds) {
    bench.onProgress(`${round.rotations} rotations, ${round.atATime} at a time`);
    results.push(await run(bench, round));
  }
  const memory = bench.stack.processes.map(({ name, pid }) => ({ process: name, mebibytes: residentMemory(pid) }));
  const machine = `${os.cpus().length} × ${os.cpus()[0]?.model ?? 'unknown'}, Node ${process.version}`;
  return { machine, rounds: results, memory };
}

/** Runs a round: each lane rotates secrets of its own, so that no two lanes meet in one lock. */
async function run({ client, targets }: Bench, { atATime, rotations }: Round): Promise<RoundResult> {
  const histogram = createHistogram();
  const begin = performance.now();
  await Promise.all(
    Array.from({ length: atATime }, async (_, lane) => {
      const own = targets.filter((_target, index) => index % atATime === lane);
      for (let turn = 0; turn < rotations / atATime; turn++) {
        await timedRotation(client, { secretId: own[turn % own.length] ?? '', histogram });
      }
    }),
  );
  const seconds = (performance.now() - begin) / 1_000;
  return {
    atATime,
    rotations,
    rotationsPerSecond: Number((rotations / seconds).toFixed(1)),
    p50Ms: Math.round(histogram.percentile(50) / 1_000),
    p99Ms: Math.round(histogram.percentile(99) / 1_000),
  };
}

async function timedRotation(
  client: RotationClient,
  { secretId, histogram }: { secretId: string; histogram: RecordableHistogram },
): Promise<void> {
  const begin = performance.now();
  await client.outcome(await client.rotateSecret({ secretId }));
  histogram.record(Math.max(1, Math.round((performance.now() - begin) * 1_000)));
}
