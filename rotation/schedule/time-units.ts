/** Milliseconds of a minute. */
export const minuteMs = 60_000;
/** Milliseconds of an hour. */
export const hourMs = 3_600_000;
/** Milliseconds of a day in UTC, which has no daylight saving: every one is equally long. */
export const dayMs = 86_400_000;
