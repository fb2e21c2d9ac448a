import { type RotationState, type RotationStatus, type RotationStep, type StepRecord } from './rotation-status';

/** Keeps the record of a rotation that the status query shows. Lives in the workflow, so its clock is the workflow's. */
export class Timeline {
  #state: RotationState = 'rotating';
  readonly #steps: StepRecord[] = [];

  /** What has happened so far. */
  get steps(): readonly StepRecord[] {
    return [...this.#steps];
  }

  /** Says where the rotation stands from now on. */
  enter(state: RotationState): void {
    this.#state = state;
  }

  /** Runs a step and records when it began, when it ended and how. */
  async run<Outcome extends object>(step: RotationStep, action: () => Promise<Outcome>): Promise<Outcome> {
    const begun = { step, startedAt: now() };
    const place = this.#steps.push(begun) - 1;
    try {
      const outcome = await action();
      const alreadyDone = 'changed' in outcome && outcome.changed === false;
      this.#steps[place] = { ...begun, endedAt: now(), outcome: alreadyDone ? 'alreadyDone' : 'done' };
      return outcome;
    } catch (err) {
      this.#steps[place] = { ...begun, endedAt: now(), outcome: 'failed' };
      throw err;
    }
  }

  /** The answer to the status query. */
  status(ids: Omit<RotationStatus, 'state' | 'steps'>): RotationStatus {
    return { ...ids, state: this.#state, steps: this.steps };
  }
}

function now(): string {
  return new Date().toISOString();
}
