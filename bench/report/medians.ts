import { type Figure, type Row } from '../section';
import { identityOf } from './row-kind';

/**
 * The rows of several runs as one: each figure is its median, or the percentile of all that it was taken of. Rows are told
 * apart by what they are of and what they tell.
 */
export function medianRows(runs: readonly (readonly Row[])[]): Row[] {
  const groups = new Map<string, Row[]>();
  for (const row of runs.flat()) {
    const key = identityOf(row);
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups.values()].map(medianRow);
}

/** The least of the values that this share of them does not exceed; NaN where there is none. */
export function percentile(values: readonly number[], share: number): number {
  return ascending(values)[Math.max(0, Math.ceil(values.length * share) - 1)] ?? NaN;
}

/** The value in the middle, or half-way between the two that are there; NaN where there is none. */
export function median(values: readonly number[]): number {
  const sorted = ascending(values);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? NaN) + (sorted[Math.ceil(middle)] ?? NaN)) / 2;
}

function medianRow(rows: readonly Row[]): Row {
  const names = [...new Set(rows.flatMap(({ figures }) => Object.keys(figures)))];
  const figures = Object.fromEntries(
    names.map((name) => [name, medianFigure(rows.flatMap((row) => row.figures[name] ?? []))]),
  );
  return { of: rows[0]?.of ?? {}, figures };
}

function medianFigure(figures: readonly Figure[]): Figure {
  const [{ sample, ...first } = { value: NaN, unit: '' }] = figures;
  if (!sample) return { ...first, value: median(figures.map(({ value }) => value)) };
  const all = figures.flatMap((figure) => figure.sample?.values ?? []);
  return { ...first, value: percentile(all, sample.share) };
}

function ascending(values: readonly number[]): number[] {
  return [...values].sort((one, other) => one - other);
}
