/** What can be told of a rotation: the names that AWS gives its own, then Rotor's. A contract: they never change. */
export type RotationEventName =
  | 'RotationStarted'
  | 'RotationSucceeded'
  | 'RotationFailed'
  | 'RotationAbandoned'
  | 'TestRotationStarted'
  | 'TestRotationSucceeded'
  | 'TestRotationFailed'
  | 'DecisionNeeded'
  | 'PasswordRejected'
  | 'Undone';

/** How a rotation ended; `open` in an event that comes before its end. */
export type RotationEventOutcome = 'open' | 'rotated' | 'tested' | 'failed' | 'cancelled' | 'abandoned';

/** Why something happened: a failure's type, which programs may ask for, and its message, which people read. */
export interface RotationEventReason {
  readonly type: string;
  readonly message: string;
}

/** Something that happened to a rotation: ids, names and times, and never a value of a secret. */
export interface RotationEvent {
  /** The same however often the event is told, so that a receiver can drop a repetition. */
  readonly id: string;
  readonly name: RotationEventName;
  /** The place among the events of its rotation, from 1 on. */
  readonly sequence: number;
  /** The full ARN; as it was asked for where the rotation failed to find the secret. */
  readonly secretId: string;
  /** The id of the version that the rotation makes. */
  readonly clientRequestToken: string;
  /** What started the rotation, as the status query names it. */
  readonly trigger: string;
  /** The step that the rotation came to, as the status query names it; undo, taking stock and arming do not count. */
  readonly step: string;
  readonly outcome: RotationEventOutcome;
  /** Of what went wrong. */
  readonly reason?: RotationEventReason;
  /** When the rotation began. ISO 8601. */
  readonly startedAt: string;
  /** When this happened. ISO 8601. */
  readonly occurredAt: string;
}
