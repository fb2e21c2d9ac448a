import { type Activities } from '../../activities';
import { withFailureBoundary } from '../../activities/failure-boundary';
import { type RotationError } from '../../rotation/errors';

/** Makes a step fail before its effect, so often or for as long as it is told to, as an activity of Rotor's fails. */
export class FailingStep {
  /** How often the step was asked for. */
  asked = 0;
  readonly #step: keyof Activities;
  #failure: RotationError | undefined;

  readonly #times: number;

  constructor(step: keyof Activities, failure: RotationError, { times = Infinity }: { times?: number } = {}) {
    this.#step = step;
    this.#failure = failure;
    this.#times = times;
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
      return this.#failure && this.asked <= this.#times ? failing(input) : activities[this.#step](input);
    };
    return { ...activities, [this.#step]: wrapped };
  }
}
