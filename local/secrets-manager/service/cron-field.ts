/** The numbers a field of a cron expression may hold, and the names some of them have. */
export interface FieldRange {
  readonly min: number;
  readonly max: number;
  /** Names of the numbers, from `min` on. */
  readonly names?: readonly string[];
}

/** The number a word stands for, or undefined where it is none of this field. */
export function numberIn({ min, max, names = [] }: FieldRange, word: string): number | undefined {
  const place = names.indexOf(word.toUpperCase());
  if (place !== -1) return min + place;
  const value = /^\d{1,2}$/.test(word) ? Number(word) : NaN;
  return value >= min && value <= max ? value : undefined;
}

/**
 * The numbers that one item of a field stands for: `*`, `3`, `2-5`, `2/10`, `2-20/4`, and `/8` for every eighth from the
 * first on. Undefined where the item is not valid.
 */
export function numbersIn(range: FieldRange, item: string): number[] | undefined {
  const [span = '', step, ...more] = item.split('/');
  const every = step === undefined ? 1 : positive(step);
  const bounds = boundsOf(range, { span, hasStep: step !== undefined });
  if (every === undefined || bounds === undefined || more.length > 0) return undefined;
  const numbers: number[] = [];
  for (let value = bounds.first; value <= bounds.last; value += every) numbers.push(value);
  return numbers;
}

function boundsOf(
  range: FieldRange,
  { span, hasStep }: { span: string; hasStep: boolean },
): { first: number; last: number } | undefined {
  if (span === '*' || (span === '' && hasStep)) return { first: range.min, last: range.max };
  const [from = '', to, ...more] = span.split('-');
  const first = numberIn(range, from);
  const last = to === undefined ? (hasStep ? range.max : first) : numberIn(range, to);
  if (first === undefined || last === undefined || last < first || more.length > 0) return undefined;
  return { first, last };
}

function positive(word: string): number | undefined {
  return /^[1-9]\d?$/.test(word) ? Number(word) : undefined;
}
