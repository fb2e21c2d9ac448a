import { ConfigurationInvalidError } from '../errors';

/** A field of a cron expression and the values that AWS allows in it. */
export interface CronField {
  readonly title: string;
  readonly min: number;
  readonly max: number;
  /** Names of the values, from `min` on. */
  readonly names?: readonly string[];
}

/** The error that says what is wrong with a field, or with a part of it. */
export function refusedField(field: Pick<CronField, 'title'>, text: string, why: string): ConfigurationInvalidError {
  return new ConfigurationInvalidError(`The ${field.title} field of the cron expression cannot be "${text}": ${why}.`);
}

/** The value that a number or a name stands for, or undefined where it is none of this field. Names in any case. */
export function valueIn({ min, max, names = [] }: CronField, word: string): number | undefined {
  const index = names.indexOf(word.toUpperCase());
  if (index !== -1) return min + index;
  const value = /^\d{1,2}$/.test(word) ? Number(word) : NaN;
  return value >= min && value <= max ? value : undefined;
}

/**
 * The values that one item of a field stands for: `*`, `3`, `2-5`, and increments `2/10`, `2-20/4`, `/8` and `*` before
 * the slash for increments from the first value on.
 *
 * @throws ConfigurationInvalidError
 */
export function valuesOf(field: CronField, item: string): readonly number[] {
  const [span = '', increment, ...more] = item.split('/');
  if (more.length > 0) throw refusedField(field, item, 'it has more than one slash');
  const step = increment === undefined ? undefined : stepOf(field, increment);
  const { first, last } = boundsOf(field, span, step);
  const values: number[] = [];
  for (let value = first; value <= last; value += step ?? 1) values.push(value);
  return values;
}

function stepOf(field: CronField, increment: string): number {
  const step = /^\d{1,2}$/.test(increment) ? Number(increment) : NaN;
  if (step >= 1 && step <= field.max) return step;
  throw refusedField(field, `/${increment}`, `an increment is a number from 1 to ${field.max}`);
}

function boundsOf(field: CronField, span: string, step: number | undefined): { first: number; last: number } {
  if (span === '*' || (span === '' && step !== undefined)) return { first: field.min, last: field.max };
  const [from = '', to, ...more] = span.split('-');
  if (more.length > 0) throw refusedField(field, span, 'a range has one dash');
  const first = requireValue(field, from);
  if (to === undefined) return { first, last: step === undefined ? first : field.max };
  const last = requireValue(field, to);
  if (last < first) throw refusedField(field, span, 'a range runs from the lower to the higher value');
  return { first, last };
}

function requireValue(field: CronField, word: string): number {
  const value = valueIn(field, word);
  if (value === undefined) throw refusedField(field, word, `its values are ${describeValues(field)}`);
  return value;
}

function describeValues({ min, max, names }: CronField): string {
  return names ? `${min} to ${max} or ${names[0]} to ${names.at(-1)}` : `${min} to ${max}`;
}
