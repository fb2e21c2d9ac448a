import { type Figure, type Row, type Target } from '../section';

/** Whether a figure reaches its target; undefined where it has none. A number that is none reaches nothing. */
export function isMet({ value, target }: Figure): boolean | undefined {
  if (target === undefined) return undefined;
  return 'atLeast' in target ? value >= target.atLeast : value <= target.atMost;
}

/** How many of the targets in these rows are reached. */
export function countTargets(rows: readonly Row[]): { readonly met: number; readonly targets: number } {
  const verdicts = rows.flatMap(({ figures }) => Object.values(figures).flatMap((figure) => isMet(figure) ?? []));
  return { met: verdicts.filter(Boolean).length, targets: verdicts.length };
}

/** A target in words: `≥ 16`. */
export function targetText(target: Target): string {
  return 'atLeast' in target ? `≥ ${target.atLeast}` : `≤ ${target.atMost}`;
}
