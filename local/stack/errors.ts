/** A part of the stack did not come up. */
export class StackNotStartedError extends Error {
  override readonly name = 'StackNotStartedError';

  constructor(
    readonly part: string,
    lastLines: string,
  ) {
    super(`${part} did not start: ${lastLines === '' ? 'it printed nothing' : lastLines}`);
  }
}
