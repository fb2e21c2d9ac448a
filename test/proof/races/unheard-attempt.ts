import { type AnyStep, type Attempt } from '../carry-out';

const ignore = (): void => undefined;

/** An attempt of a step that was given up: nobody hears how it ends, and nothing ends it. */
export function unheardAttempt(step: AnyStep): Attempt {
  const { signal } = new AbortController();
  return { step, signal, giveUp: ignore, cutOff: ignore, over: () => Promise.resolve() };
}
