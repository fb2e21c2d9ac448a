import { type Figure, type Row } from '../section';
import { kindOf } from './row-kind';
import { isMet, targetText } from './target';

/** Rows of one kind, ready to be shown. */
export interface RowTable {
  readonly head: readonly string[];
  /** Numbers are right-aligned. */
  readonly numeric: readonly boolean[];
  readonly body: readonly (readonly string[])[];
}

/** One table for each kind of row, in the order in which the kinds come. */
export function rowTables(rows: readonly Row[]): RowTable[] {
  const kinds = new Map<string, Row[]>();
  for (const row of rows) kinds.set(kindOf(row), [...(kinds.get(kindOf(row)) ?? []), row]);
  return [...kinds.values()].map(tableOf);
}

/** A figure with what it has to reach: `17.2 (≥ 16: met)`. */
export function figureText(figure: Figure): string {
  const { value, target } = figure;
  const number = Number.isFinite(value) ? rounded(value) : '–';
  if (target === undefined) return number;
  return `${number} (${targetText(target)}: ${isMet(figure) === true ? 'met' : 'not met'})`;
}

function tableOf(rows: readonly Row[]): RowTable {
  const labels = Object.keys(rows[0]?.of ?? {});
  const figures = Object.entries(rows[0]?.figures ?? {});
  return {
    head: [...labels, ...figures.map(([name, { unit }]) => (unit === '' ? name : `${name} [${unit}]`))],
    numeric: [...labels.map(() => false), ...figures.map(() => true)],
    body: rows.map((row) => [
      ...Object.values(row.of).map(String),
      ...Object.values(row.figures).map((figure) => figureText(figure)),
    ]),
  };
}

/** Three digits tell as much as one measurement can. */
function rounded(value: number): string {
  const digits = Math.max(0, Math.min(3, 2 - Math.floor(Math.log10(Math.abs(value) || 1))));
  return String(Number(value.toFixed(digits)));
}
