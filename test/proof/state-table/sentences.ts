import { type Cell } from './cells';
import { type Outcome, type Rule } from './rule';

/** What a rule asks for, in a few words: `refused with RotationInProgress`. */
export function endOf(then: Outcome): string {
  switch (then.end) {
    case 'impossible':
      return 'impossible';
    case 'promoted':
      return 'promoted';
    case 'waits':
      return `waits for a decision at ${then.at} (${then.failure})`;
    default:
      return `${then.end} (${then.failure})`;
  }
}

/** A rule in one line, for the name of a test. */
export function sentenceOf({ when, then }: Rule): string {
  const states = Object.entries(when as Partial<Record<keyof Cell, readonly string[]>>).map(
    ([axis, values]) => `${axis} ${values.join(' or ')}`,
  );
  return `${endOf(then)} where ${states.join(', ')}`;
}
