/** Milliseconds of a minute. */
export const minuteMs = 60_000;
/** Milliseconds of an hour. */
export const hourMs = 3_600_000;
/** Milliseconds of a day in UTC, which has no daylight saving: every one is equally long. */
export const dayMs = 86_400_000;

/** The last multiple of a span at or before an instant, counted from the Unix epoch: a midnight in UTC. */
export function floorTo(spanMs: number, at: number): number {
  return Math.floor(at / spanMs) * spanMs;
}
