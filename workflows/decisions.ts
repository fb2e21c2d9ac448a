import { ApplicationFailure, CancellationScope, condition } from '@temporalio/workflow';
import {
  type DecisionAccepted,
  type DecisionChoice,
  decisionChoices,
  type DecisionRecord,
  type DecisionRequest,
  type OpenQuestion,
} from './decision';
import { decidedAlready } from './decision-text';

/** What a question says beside its number and when it was asked. */
export type AskedQuestion = Omit<OpenQuestion, 'question' | 'since'>;

/**
 * The questions that an owner asks a person, and their answers. Waiting costs nothing and ends only by a decision: it
 * survives restarts, and a cancellation does not shorten it.
 */
export class Decisions {
  #open: OpenQuestion | undefined;
  readonly #made: DecisionRecord[] = [];

  /** The question that waits for an answer. */
  get open(): OpenQuestion | undefined {
    return this.#open;
  }

  /** The decisions so far. */
  get made(): readonly DecisionRecord[] {
    return [...this.#made];
  }

  /** Asks, and waits for the answer. */
  async ask(asked: AskedQuestion, onAsked: () => void): Promise<DecisionChoice> {
    const question = this.#made.length + 1;
    this.#open = { ...asked, question, since: new Date().toISOString() };
    onAsked();
    await CancellationScope.nonCancellable(() => condition(() => this.#made.length === question));
    this.#open = undefined;
    return this.#made[question - 1]?.choice ?? 'abandon';
  }

  /**
   * Refuses what is no decision, one for which no question is open, and one that contradicts the decision made. The same
   * decision again is accepted again.
   */
  validate(request: DecisionRequest): void {
    if (!decisionChoices.includes(request.choice)) {
      throw refused('DecisionInvalid', `A decision is one of ${decisionChoices.join(', ')}.`);
    }
    if (this.#isAwaited(request) || this.#same(request)) return;
    const before = this.#before(request);
    throw before ? refused('DecisionMade', decidedAlready(before)) : refused('NoDecisionNeeded', this.#awaits());
  }

  /** Takes a decision that was not refused. */
  take(request: DecisionRequest): DecisionAccepted {
    const { choice, note, by } = request;
    const same = this.#same(request);
    if (same) return { question: same.question, choice };
    const question = this.#made.length + 1;
    const decidedAt = new Date().toISOString();
    this.#made.push({ question, choice, decidedAt, ...(note ? { note } : {}), ...(by ? { by } : {}) });
    return { question, choice };
  }

  #awaits(): string {
    const { open } = this;
    return open ? `The question that is open is ${open.question}.` : 'The rotation does not wait for a decision.';
  }

  #isAwaited({ question }: DecisionRequest): boolean {
    const awaited = this.#open?.question;
    return awaited === this.#made.length + 1 && (question ?? awaited) === awaited;
  }

  /** The decision that this one repeats. */
  #same(request: DecisionRequest): DecisionRecord | undefined {
    const before = this.#isAwaited(request) ? undefined : this.#before(request);
    return before?.choice === request.choice ? before : undefined;
  }

  #before({ question = this.#made.length }: DecisionRequest): DecisionRecord | undefined {
    return this.#made[question - 1];
  }
}

function refused(type: string, message: string): ApplicationFailure {
  return ApplicationFailure.create({ type, message, nonRetryable: true });
}
