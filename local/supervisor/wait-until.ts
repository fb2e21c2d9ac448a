import { setTimeout as delay } from 'node:timers/promises';

/** How long to wait for a condition, and how often to look. */
export interface WaitLimit {
  /** After this time the answer is false. */
  limitMs: number;
  /** Time between two looks. @defaultValue 20 */
  everyMs?: number;
}

/** Resolves to true as soon as the condition holds, and to false when the limit passes first, even within a look. */
export async function waitUntil(
  condition: () => boolean | Promise<boolean>,
  { limitMs, everyMs = 20 }: WaitLimit,
): Promise<boolean> {
  const expiry = new AbortController();
  const expired = delay(limitMs, false, { signal: expiry.signal }).catch(() => false);
  const deadline = performance.now() + limitMs;
  try {
    while (!(await Promise.race([condition(), expired]))) {
      if (performance.now() >= deadline) return false;
      await delay(everyMs);
    }
    return true;
  } finally {
    expiry.abort();
  }
}
