import { type Stock } from '../rotation/steps/take-stock';

/** What a person may decide where a rotation can go neither forward nor back by itself. */
export const decisionChoices = ['retry', 'rollBack', 'abandon'] as const;

/** One of {@link decisionChoices}. */
export type DecisionChoice = (typeof decisionChoices)[number];

/** A decision, as it is sent to an owner. */
export interface DecisionRequest {
  readonly choice: DecisionChoice;
  /** Why; kept with the rotation. */
  readonly note?: string;
  /** Who decides; kept with the rotation. A workflow is not told who sends it an update, so it has to be said here. */
  readonly by?: string;
  /** The number of the question that it answers; with it, it is safe to send again. @defaultValue the one that is open */
  readonly question?: number;
}

/** The answer to an accepted decision; the same for one that is made twice. */
export interface DecisionAccepted {
  readonly question: number;
  readonly choice: DecisionChoice;
}

/** A decision that was made. */
export interface DecisionRecord extends DecisionAccepted {
  readonly note?: string;
  readonly by?: string;
  /** ISO 8601, by the workflow's clock. */
  readonly decidedAt: string;
}

/** Why something ended or stands still. */
export interface Reason {
  /** The name of the domain error. */
  readonly type: string;
  readonly message: string;
}

/** What is true of a secret while a question about it is open. */
export interface KnownTruth {
  /** Which credentials sign in and where the labels are; absent where that could not be found out. */
  readonly stock?: Stock;
  /** The same in plain words. */
  readonly truth: readonly string[];
}

/** What a waiting owner asks a person. Holds ids, and never a value. */
export interface OpenQuestion extends KnownTruth {
  /** The first of a rotation is 1. */
  readonly question: number;
  /** ISO 8601, by the workflow's clock. */
  readonly since: string;
  readonly reason: Reason;
  /** When the truth was asked for again; absent where it is as old as the question. ISO 8601, by the workflow's clock. */
  readonly askedAgainAt?: string;
  /** What each choice would do, in plain words. */
  readonly choices: Readonly<Record<DecisionChoice, string>>;
}
