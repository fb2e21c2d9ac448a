import { type DecisionRecord, type OpenQuestion } from './decision';

/** Everything that an owner does, in the order in which a rotation without trouble does it; then the undo. */
export type RotationStep =
  | 'openRotation'
  | 'createSecret'
  | 'setSecret'
  | 'testSecret'
  | 'finishSecret'
  | 'armNextRotation'
  | 'restoreCurrent'
  | 'discardPending'
  | 'testCurrent'
  | 'takeStock'
  | 'reconcile';

/** Where a rotation stands. */
export type RotationState =
  | 'rotating'
  | 'undoing'
  /** It can go neither forward nor back by itself. */
  | typeof waiting
  | 'rotated'
  /** Failed or cancelled: labels and password are as they were. */
  | 'undone'
  /** Somebody else changed or deleted the secret meanwhile, or a person decided to leave it as it is. */
  | 'abandoned'
  | 'tested'
  | 'reconciled'
  | 'discarded';

/** The state of an owner that waits for a person; a contract, as the other states are. */
export const waiting = 'waiting for a decision';

/** One step of one rotation. Times are ISO 8601, by the workflow's clock. */
export interface StepRecord {
  readonly step: RotationStep;
  readonly startedAt: string;
  /** Absent while the step runs or is retried. */
  readonly endedAt?: string;
  /** How many attempts it took; absent while the step runs, and for one that ended without telling. */
  readonly attempts?: number;
  /** `alreadyDone` where the world was as the step leaves it. */
  readonly outcome?: 'done' | 'alreadyDone' | 'failed';
}

/** What the status query answers. Holds ids and times, never a value. */
export interface RotationStatus {
  readonly state: RotationState;
  /** As it was asked for until the first step knows the full ARN. */
  readonly secretId: string;
  readonly clientRequestToken: string;
  readonly trigger: RotationTrigger;
  readonly steps: readonly StepRecord[];
  /** What a person is asked, while the rotation waits for a decision. */
  readonly question?: OpenQuestion;
  readonly decisions: readonly DecisionRecord[];
}

/** What started a rotation: the Schedule, a request by a client, or a bare signal. */
export type RotationTrigger = 'schedule' | 'request' | 'signal';
