import { type FailureRule } from './failure-rule';

/** What the kinds of server that the driver speaks to differ in, as far as a session knows it. */
export interface Flavour {
  /** For the ids of errors. */
  readonly engine: string;
  /** As its makers write it, for messages. */
  readonly product: string;
  /** What bounds one statement on the server, as an assignment of `SET SESSION`. */
  readonly limitStatements: (milliseconds: number) => string;
  /** The first that fits a failure is the one. */
  readonly failureRules: readonly FailureRule[];
}
