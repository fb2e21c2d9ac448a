import { Context } from '@temporalio/activity';
import { type Activities } from '../../../activities';
import { type DecisionChoice, type RotationHandle } from '../../../client';
import { PermissionMissingError } from '../../../rotation/errors';
import { type RotationOf, untilAsked } from '../../support/end-states';
import { Interference } from '../../support/interference';
import { type RotorUnderTest } from '../../support/rotor-under-test';

/** Where a rotation stands when its build is replaced, and how it ends under the next one. */
export interface Pause {
  /** The step before which it stands, or what it waits for. */
  readonly before: keyof Activities | 'a decision';
  /** The step that has failed before. @defaultValue none */
  readonly failed?: 'testSecret' | 'finishSecret';
  /** Whether the secret has a Schedule: arming is a step then. @defaultValue true */
  readonly isScheduled?: boolean;
  /** What a person decides under the next build. @defaultValue nobody is asked */
  readonly choice?: DecisionChoice;
  readonly end: 'rotated' | 'undone' | 'abandoned';
}

/** Every place between two steps of a rotation, of its undo, and around the question to a person. */
export const pauses: readonly Pause[] = [
  { before: 'openRotation', end: 'rotated' },
  { before: 'createSecret', end: 'rotated' },
  { before: 'setSecret', end: 'rotated' },
  { before: 'testSecret', end: 'rotated' },
  { before: 'finishSecret', end: 'rotated' },
  { before: 'armNextRotation', end: 'rotated' },
  { before: 'restoreCurrent', failed: 'testSecret', end: 'undone' },
  { before: 'discardPending', failed: 'testSecret', end: 'undone' },
  { before: 'armNextRotation', failed: 'testSecret', end: 'undone' },
  { before: 'takeStock', failed: 'finishSecret', choice: 'retry', end: 'rotated' },
  { before: 'a decision', failed: 'finishSecret', choice: 'retry', end: 'rotated' },
  { before: 'a decision', failed: 'finishSecret', choice: 'rollBack', end: 'undone' },
  { before: 'a decision', failed: 'finishSecret', choice: 'abandon', end: 'abandoned' },
];

/** Where a rotation stands. */
export type Place = Pick<Pause, 'before' | 'failed' | 'isScheduled'>;

/** What the failed step failed with. */
export const failure = new PermissionMissingError('Grant it.');

/** Begins rotations and has each stand at its place, for as long as the worker that carries them out lives. */
export class PausedRotations {
  readonly #rotor: RotorUnderTest;
  readonly #interference = new Interference();

  constructor(rotor: RotorUnderTest) {
    this.#rotor = rotor;
  }

  /** The same activities, in which rotations stand. */
  wrap(activities: Activities): Activities {
    return this.#interference.wrap(activities);
  }

  /** Resolves when the rotation stands. */
  async begin({ before, failed, isScheduled = true }: Place): Promise<RotationOf> {
    const application = await this.#rotor.createApplication();
    const { arn: secretId } = application;
    if (isScheduled) await this.#rotor.client.configure({ secretId, rotationRules: { automaticallyAfterDays: 30 } });
    if (failed) this.#interference.plan({ secretId, step: failed, act: () => Promise.reject(failure) });
    const stands = before === 'a decision' ? undefined : this.#arrivalAt({ secretId, step: before });
    const asked: Promise<RotationHandle> = this.#rotor.client.rotateSecret({ secretId });
    await stands;
    const rotation = await asked;
    if (!stands) await untilAsked(this.#rotor, { rotation });
    return { application, rotation };
  }

  /** An attempt that stands ends with its worker, without an effect. */
  #arrivalAt(place: { secretId: string; step: keyof Activities }): Promise<void> {
    return new Promise((arrive) => {
      const act = (): Promise<never> => {
        arrive();
        return Context.current().cancelled;
      };
      this.#interference.plan({ ...place, act });
    });
  }
}
