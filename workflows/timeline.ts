import { type SearchAttributeUpdatePair } from '@temporalio/common';
import { ActivityFailure, ApplicationFailure, setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import { type Decisions } from './decisions';
import { EventTeller } from './event-teller';
import { countRotation, recordStep, type RotationEnd } from './rotation-metrics';
import { type RotationState, type RotationStatus, type RotationStep, type StepRecord } from './rotation-status';
import { searchAttributes } from './search-attributes';
import { timelineDetails } from './timeline-details';

/** Whose rotation it is. */
export type RotationIds = Omit<RotationStatus, 'state' | 'steps' | 'question' | 'decisions'>;

/**
 * Keeps the record of a rotation that the status query and Temporal's web UI show. Lives in the workflow, so its clock
 * is the workflow's.
 */
export class Timeline {
  /** Tells others what becomes of the rotation. */
  readonly events = new EventTeller(() => this.status);
  #ids: RotationIds;
  #searchable = false;
  #reason: string | undefined;
  #state: RotationState = 'rotating';
  readonly #steps: StepRecord[] = [];
  readonly #decisions: Decisions;

  constructor(ids: RotationIds, decisions: Decisions) {
    this.#ids = ids;
    this.#decisions = decisions;
  }

  /** What has happened so far. */
  get steps(): readonly StepRecord[] {
    return [...this.#steps];
  }

  /** The answer to the status query. */
  get status(): RotationStatus {
    const { open, made } = this.#decisions;
    const question = open ? { question: open } : {};
    return { ...this.#ids, state: this.#state, steps: this.steps, ...question, decisions: made };
  }

  /** Says which secret it is, by its one name, and whether the rotation may be found by search attributes. */
  opened({ secretId, searchable }: { secretId: string; searchable: boolean }): void {
    this.#ids = { ...this.#ids, secretId };
    this.#searchable = searchable;
    const { secret, trigger, state } = searchAttributes;
    this.#publish([
      { key: secret, value: secretId },
      { key: trigger, value: this.#ids.trigger },
      { key: state, value: this.#state },
    ]);
    this.show();
  }

  /** Says under which token the rotation goes on. */
  renew(clientRequestToken: string): void {
    this.#ids = { ...this.#ids, clientRequestToken };
    this.show();
    this.enter('rotating');
  }

  /** Says where the rotation stands from now on. */
  enter(state: RotationState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#publish([{ key: searchAttributes.state, value: state }]);
    this.show();
  }

  /** Says how it ended; counts it. */
  end(outcome: RotationEnd, reason?: string): void {
    this.#reason = reason;
    this.#publish([{ key: searchAttributes.outcome, value: outcome }]);
    countRotation({ ...this.#ids, outcome });
    this.show();
  }

  /** Runs a step and records when it began, when it ended and how. */
  async run<Outcome extends object>(step: RotationStep, action: () => Promise<Outcome>): Promise<Outcome> {
    const begun = { step, startedAt: now() };
    const place = this.#steps.push(begun) - 1;
    this.show();
    try {
      const outcome = await action();
      const alreadyDone = 'changed' in outcome && outcome.changed === false;
      this.#record(place, { ...begun, ...attemptsOf(outcome), outcome: alreadyDone ? 'alreadyDone' : 'done' });
      return outcome;
    } catch (err) {
      this.#record(place, { ...begun, ...attemptsOf(detailsOf(err)), outcome: 'failed' });
      throw err;
    }
  }

  /** Has Temporal's web UI show how it stands. */
  show(): void {
    setCurrentDetails(timelineDetails(this.status, this.#reason));
  }

  #record(place: number, record: StepRecord): void {
    const ended = { ...record, endedAt: now() };
    this.#steps[place] = ended;
    recordStep(ended);
    this.show();
  }

  /** Only where a worker has seen that the attributes exist: one that does not would block the workflow. */
  #publish(attributes: SearchAttributeUpdatePair[]): void {
    if (this.#searchable) upsertSearchAttributes(attributes);
  }
}

/** An activity tells the attempt that brought its outcome, or its failure. */
function attemptsOf(told: unknown): { attempts?: number } {
  const attempt = typeof told === 'object' && told !== null && 'attempt' in told ? told.attempt : undefined;
  return typeof attempt === 'number' ? { attempts: attempt } : {};
}

function detailsOf(err: unknown): unknown {
  return err instanceof ActivityFailure && err.cause instanceof ApplicationFailure ? err.cause.details?.[0] : undefined;
}

function now(): string {
  return new Date().toISOString();
}
