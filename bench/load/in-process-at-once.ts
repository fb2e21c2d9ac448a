import { type BenchStack } from '../stack/start-bench-stack';
import { realDeps, rotateInProcess } from './in-process';
import { type AtOnceResult } from './rotate-at-once';

/** As many as a worker has steps of at a time. */
const atATime = 64;

/** Rotates each secret once by calling the steps in this process, begun at one instant: what the steps alone can do. */
export async function rotateAtOnceInProcess(
  stack: BenchStack,
  { secretIds, meanwhile }: { readonly secretIds: readonly string[]; readonly meanwhile: () => Promise<void> },
): Promise<AtOnceResult> {
  const deps = realDeps(stack.secretsManager);
  const waiting = [...secretIds];
  const endsMs: number[] = [];
  let failed = 0;
  const begin = performance.now();
  const lane = async (): Promise<void> => {
    for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
      await rotateInProcess(deps, { name, configuration: {} }).catch(() => (failed += 1));
      endsMs.push(performance.now() - begin);
      if (endsMs.length % 100 === 0) await meanwhile();
    }
  };
  await Promise.all(Array.from({ length: atATime }, lane));
  return { firstMs: 0, lastMs: endsMs.at(-1) ?? NaN, endsMs, failed };
}
