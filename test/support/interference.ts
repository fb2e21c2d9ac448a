import { type Activities } from '../../activities';
import { withFailureBoundary } from '../../activities/failure-boundary';

/** Something that happens to one secret's rotation. */
export interface Interruption {
  /** The full ARN. */
  readonly secretId: string;
  readonly step: keyof Activities;
  /** Seen from the step's effect. @defaultValue `before` */
  readonly moment?: 'before' | 'after';
  /** What happens. What it throws the attempt fails with, as an activity of Rotor's fails. */
  readonly act: () => Promise<unknown>;
  /** How many attempts meet it. @defaultValue 1 */
  readonly times?: number;
}

type Step = (input: { readonly secretId: string }) => Promise<object>;

/** Has things happen to single rotations at single steps, while one worker carries out many. */
export class Interference {
  readonly #planned: { readonly interruption: Interruption; left: number }[] = [];
  readonly #attempts = new Map<string, number>();

  /** Plans something. What was planned for one place first happens first. */
  plan(interruption: Interruption): void {
    this.#planned.push({ interruption, left: interruption.times ?? 1 });
  }

  /** How often a step of a secret's rotations was begun. */
  attempts(secretId: string, step: keyof Activities): number {
    return this.#attempts.get(`${step} ${secretId}`) ?? 0;
  }

  /** The same activities, in which what is planned happens. */
  wrap(activities: Activities): Activities {
    const names = Object.keys(activities) as (keyof Activities)[];
    const wrapped = names.map((step) => [step, this.#wrapped(step, (input) => activities[step](input as never))]);
    return Object.fromEntries(wrapped) as Activities;
  }

  #wrapped(step: keyof Activities, activity: Step): Step {
    return async (input) => {
      const { secretId } = input;
      this.#attempts.set(`${step} ${secretId}`, this.attempts(secretId, step) + 1);
      await this.#meet({ secretId, step, moment: 'before' });
      const outcome = await activity(input);
      await this.#meet({ secretId, step, moment: 'after' });
      return outcome;
    };
  }

  async #meet({ secretId, step, moment }: Required<Pick<Interruption, 'secretId' | 'step' | 'moment'>>): Promise<void> {
    const met = this.#planned.find(
      ({ interruption, left }) =>
        left > 0 &&
        interruption.secretId === secretId &&
        interruption.step === step &&
        (interruption.moment ?? 'before') === moment,
    );
    if (!met) return;
    met.left -= 1;
    await withFailureBoundary(async () => {
      await met.interruption.act();
      return {};
    })(undefined);
  }
}
