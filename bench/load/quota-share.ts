/** What Secrets Manager lets an account and Region write: so many at once, and then so many a second. */
export const writeQuota = { atOnce: 50, perSecond: 50 } as const;

/**
 * How much of what the quota allows was used: 1 where no write could have come sooner. Few writes all come at once. Where
 * others use the account too, only a share of the quota is there.
 */
export function quotaShare({
  writes,
  seconds,
  share = 1,
}: {
  writes: number;
  seconds: number;
  share?: number;
}): number {
  const leastSeconds = Math.max(0, writes - share * writeQuota.atOnce) / (share * writeQuota.perSecond);
  return leastSeconds / seconds;
}
