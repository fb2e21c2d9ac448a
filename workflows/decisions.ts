import { ApplicationFailure, CancellationScope, condition } from '@temporalio/workflow';
import {
  type DecisionAccepted,
  type DecisionChoice,
  decisionChoices,
  type DecisionRecord,
  type DecisionRequest,
  type KnownTruth,
  type OpenQuestion,
  type Reason,
} from './decision';
import { decidedAlready } from './decision-text';

/** What a question is about. */
export interface Asked {
  readonly reason: Reason;
  readonly choices: OpenQuestion['choices'];
  /** Finds out what is true; asked before the question is, and again for whoever wants to know. Never fails. */
  readonly findTruth: () => Promise<KnownTruth>;
  /** Called once the question is open. */
  readonly onAsked: () => void;
}

const notWaiting = 'The rotation does not wait for a decision.';

/** How often one rotation is asked again: Temporal takes 2,000 updates of a run, and decisions must be among them. */
const mostAskedAgain = 1_000;

/**
 * The questions that an owner asks a person, and their answers. Waiting costs nothing and ends only by a decision: it
 * survives restarts, and a cancellation does not shorten it.
 */
export class Decisions {
  #open: OpenQuestion | undefined;
  #findTruth: Asked['findTruth'] = () => Promise.resolve({ truth: [] });
  #asking: Promise<OpenQuestion> | undefined;
  #askedAgain = 0;
  readonly #made: DecisionRecord[] = [];

  /** The question that waits for an answer. */
  get open(): OpenQuestion | undefined {
    return this.#open;
  }

  /** The decisions so far. */
  get made(): readonly DecisionRecord[] {
    return [...this.#made];
  }

  /** Asks, and waits for the answer; and, where somebody has it asked again what is true, for the end of that. */
  async ask({ reason, choices, findTruth, onAsked }: Asked): Promise<DecisionChoice> {
    const known = await findTruth();
    const question = this.#made.length + 1;
    this.#open = { question, since: now(), reason, ...known, choices };
    this.#findTruth = findTruth;
    onAsked();
    const isAnswered = (): boolean => this.#made.length === question && !this.#asking;
    await CancellationScope.nonCancellable(() => condition(isAnswered));
    this.#open = undefined;
    return this.#made[question - 1]?.choice ?? 'abandon';
  }

  /**
   * Finds out again what is true, for the question that is open; who asks meanwhile gets the same answer. Never ends the
   * waiting.
   */
  askAgain(): Promise<OpenQuestion> {
    this.#askedAgain += 1;
    this.#asking ??= this.#renewed().finally(() => (this.#asking = undefined));
    return this.#asking;
  }

  /** Refuses to ask again where no question is open, or where that was done too often. */
  validateAskAgain(): void {
    this.#assertOpen();
    if (this.#askedAgain < mostAskedAgain) return;
    throw refused('AskedTooOften', `The rotation was asked ${mostAskedAgain} times already. Decide what it is to do.`);
  }

  #assertOpen(): OpenQuestion {
    if (!this.#open || this.#made.length === this.#open.question) throw refused('NoDecisionNeeded', notWaiting);
    return this.#open;
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
    this.#made.push({ question, choice, decidedAt: now(), ...(note ? { note } : {}), ...(by ? { by } : {}) });
    return { question, choice };
  }

  async #renewed(): Promise<OpenQuestion> {
    const { question, since, reason, choices } = this.#assertOpen();
    const known = await this.#findTruth();
    this.#open = { question, since, reason, ...known, choices, askedAgainAt: now() };
    return this.#open;
  }

  #awaits(): string {
    return this.#open ? `The question that is open is ${this.#open.question}.` : notWaiting;
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

function now(): string {
  return new Date().toISOString();
}

function refused(type: string, message: string): ApplicationFailure {
  return ApplicationFailure.create({ type, message, nonRetryable: true });
}
