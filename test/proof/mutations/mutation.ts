/** A place in a source file, and what a careless hand makes of it. */
export interface Edit {
  readonly file: string;
  /** Stands exactly once in the file. */
  readonly find: string;
  readonly replace: string;
}

/** Tests that have to notice a defect. */
export interface Suite {
  readonly file: string;
  /** The tests of the file that are run: a regular expression for their full names. */
  readonly tests: string;
}

/** A deliberate defect. */
export interface Mutation {
  readonly defect: string;
  readonly edits: readonly Edit[];
  /** The tests that have to fail with it, and pass without. */
  readonly suite: Suite;
  /** Also tried in the short form. */
  readonly isQuick?: boolean;
}
