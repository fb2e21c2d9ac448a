import { type Activities } from '../../activities';
import { withFailureBoundary } from '../../activities/failure-boundary';
import { type RotationError } from '../../rotation/errors';

/** Makes a step fail before its effect, for as long as it is told to, as an activity of Rotor's fails. */
export class FailingStep {
  /** How often the step was asked for. */
  asked = 0;
  readonly #step: keyof Activities;
  #failure: RotationError | undefined;

  constructor(step: keyof Activities, failure: RotationError) {
    this.#step = step;
    this.#failure = failure;
  }

  /** Lets the step succeed from now on. */
  mend(): void {
    this.#failure = undefined;
  }

  /** The same activities, with this step in them. */
  wrap(activities: Activities): Activities {
    const failing = withFailureBoundary(() => Promise.reject(this.#failure as Error));
    const wrapped = (input: never): Promise<object> => {
      this.asked += 1;
      return this.#failure ? failing(input) : activities[this.#step](input);
    };
    return { ...activities, [this.#step]: wrapped };
  }
}
