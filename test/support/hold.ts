import { Context, heartbeat } from '@temporalio/activity';
import { type Activities } from '../../activities';

/** A place in a rotation: an activity, seen from its effect. */
export interface HoldPoint {
  readonly step: keyof Activities;
  readonly moment: 'before' | 'after';
}

const beatMs = 100;

/** Stops rotations at one place until they are let go on. A held attempt lives, and notices that it is cancelled. */
export class Hold {
  /** Resolves when the first rotation arrives. */
  readonly reached: Promise<void>;
  readonly #point: HoldPoint;
  readonly #released: Promise<void>;
  #reach: () => void = () => undefined;
  #release: () => void = () => undefined;

  constructor(point: HoldPoint) {
    this.#point = point;
    this.reached = new Promise((resolve) => (this.#reach = resolve));
    this.#released = new Promise((resolve) => (this.#release = resolve));
  }

  /** Lets all go on, also those that come later. */
  release(): void {
    this.#release();
  }

  /** The same activities, with this place in them. */
  wrap(activities: Activities): Activities {
    const { step, moment } = this.#point;
    const wrapped = async (input: never): Promise<unknown> => {
      if (moment === 'before') await this.#wait();
      const outcome = await activities[step](input);
      if (moment === 'after') await this.#wait();
      return outcome;
    };
    return { ...activities, [step]: wrapped };
  }

  async #wait(): Promise<void> {
    const beat = setInterval(heartbeat, beatMs);
    this.#reach();
    try {
      await Promise.race([this.#released, Context.current().cancelled]);
    } finally {
      clearInterval(beat);
    }
  }
}
