import { type RotationClient, type RotationHandle, WaitingForWorkerError } from '../../client';
import { percentile } from '../report/medians';
import { type Figure, type Target } from '../section';
import { type BenchStack } from '../stack/start-bench-stack';

/** How many rotations of which secrets, and how many of them at a time. */
export interface Load {
  readonly secretIds: readonly string[];
  readonly atATime: number;
  readonly rotations: number;
}

/** What a load has shown. */
export interface LoadResult {
  readonly perSecond: number;
  /** Of each rotation, from the request to the known outcome. */
  readonly durationsMs: readonly number[];
  readonly rotations: readonly RotationHandle[];
}

/** Does something for one secret after another in lanes, each with secrets of its own, so that no two meet in one lock. */
export async function runLoad<Done>(
  { secretIds, atATime, rotations }: Load,
  rotate: (secretId: string) => Promise<Done>,
): Promise<Omit<LoadResult, 'rotations'> & { readonly done: readonly Done[] }> {
  const durationsMs: number[] = [];
  const done: Done[] = [];
  const begin = performance.now();
  await Promise.all(
    Array.from({ length: atATime }, async (_, lane) => {
      const own = secretIds.filter((_secretId, index) => index % atATime === lane);
      for (let turn = 0; turn < rotations / atATime; turn++) {
        const called = performance.now();
        done.push(await rotate(own[turn % own.length] ?? ''));
        durationsMs.push(performance.now() - called);
      }
    }),
  );
  return { perSecond: durationsMs.length / ((performance.now() - begin) / 1_000), durationsMs, done };
}

/** Rotates by the client, as a program would, to the end. */
export async function rotateMany({ client }: Pick<BenchStack, 'client'>, load: Load): Promise<LoadResult> {
  const { done, ...result } = await runLoad(load, async (secretId) => {
    const rotation = await requestRotation(client, secretId);
    await client.outcome(rotation);
    return rotation;
  });
  return { ...result, rotations: done };
}

/**
 * Asks for a rotation. On a busy machine the worker may take longer to answer than the client waits; the rotation is
 * accepted all the same.
 */
export async function requestRotation(client: RotationClient, secretId: string): Promise<RotationHandle> {
  try {
    return await client.rotateSecret({ secretId });
  } catch (err) {
    if (!(err instanceof WaitingForWorkerError)) throw err;
    const { arn, name, rotation } = await client.describe(secretId);
    return { arn, name, versionId: '', ...(rotation ? { runId: rotation.runId } : {}) };
  }
}

const p99 = 0.99;

/** The figures of a load. */
export function loadFigures(
  { perSecond, durationsMs }: Pick<LoadResult, 'perSecond' | 'durationsMs'>,
  targets: { readonly perSecond?: Target; readonly p50?: Target } = {},
): Record<string, Figure> {
  return {
    rotations: { value: perSecond, unit: '/s', target: targets.perSecond },
    p50: { value: percentile(durationsMs, 0.5), unit: 'ms', target: targets.p50 },
    p99: { value: percentile(durationsMs, p99), unit: 'ms', sample: { values: durationsMs, share: p99 } },
  };
}
