const leastMs = 1_000;
const mostMs = 300_000;

/**
 * How long a server asks to be left alone, from its `Retry-After` header: seconds or a date. Never more than five
 * minutes, so that nobody can put a caller off for ever. Undefined where it does not say.
 */
export function retryAfterMs(header: string | null, now: Date): number | undefined {
  if (header === null) return undefined;
  const waitMs = /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - now.getTime();
  return Number.isNaN(waitMs) ? undefined : Math.min(mostMs, Math.max(leastMs, waitMs));
}
