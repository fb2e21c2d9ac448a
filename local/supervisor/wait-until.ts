import { setTimeout as delay } from 'node:timers/promises';

/** How long to wait for a condition, and how often to look. */
export interface WaitLimit {
  /** After this time the answer is false. */
  limitMs: number;
  /** Time between two looks. @defaultValue 20 */
  everyMs?: number;
}

/** Resolves to true as soon as the condition holds, and to false when the limit passes first. */
export async function waitUntil(
  condition: () => boolean | Promise<boolean>,
  { limitMs, everyMs = 20 }: WaitLimit,
): Promise<boolean> {
  const deadline = performance.now() + limitMs;
  while (!(await condition())) {
    if (performance.now() >= deadline) return false;
    await delay(everyMs);
  }
  return true;
}
