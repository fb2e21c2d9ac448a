import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import { type DecisionAccepted, type DecisionRequest, type OpenQuestion } from './decision';
import { type RotationStatus } from './rotation-status';

/** Who asks for a rotation: the same id as in the arguments of the start that carries the request. */
export interface RotationRequested {
  readonly requestId: string;
}

/** The answer to an accepted request. */
export interface RotationAccepted {
  /** The id of the version that the rotation makes. */
  readonly clientRequestToken: string;
}

/** The wire name of {@link requestRotationUpdate}: a contract. */
export const requestRotationUpdate = defineUpdate<RotationAccepted, [RotationRequested]>('requestRotation');

/** Asks for a rotation, and is content with one that is already under way. Meant for signal-with-start. */
export const rotateNowSignal = defineSignal('rotateNow');

/** Answers the question of an owner that waits for a decision. */
export const decideUpdate = defineUpdate<DecisionAccepted, [DecisionRequest]>('decide');

/** Has an owner that waits for a decision find out again what is true, and answers with the question as it is then. */
export const askAgainUpdate = defineUpdate<OpenQuestion>('askAgain');

/** Tells how far a rotation is; answers after its end too, as long as Temporal retains it. */
export const rotationStatusQuery = defineQuery<RotationStatus>('rotationStatus');
