import { median } from '../report/medians';

/** How much higher the last quarter of the samples lies than the second, as a share of the second. */
export function growth(samples: readonly number[]): number {
  const quarter = Math.floor(samples.length / 4);
  const early = median(samples.slice(quarter, 2 * quarter));
  return median(samples.slice(-quarter)) / early - 1;
}
