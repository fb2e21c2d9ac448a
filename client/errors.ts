/** A request to Rotor that could not be carried out. The message tells what happened and what to do. */
export abstract class RotationClientError extends Error {}

/** Temporal did not answer in time, or refused. */
export class TemporalUnavailableError extends RotationClientError {
  override readonly name = 'TemporalUnavailable';
}

/** The rotation is accepted and stored, but nobody has begun to work on it. It goes on by itself once a worker runs. */
export class WaitingForWorkerError extends RotationClientError {
  override readonly name = 'WaitingForWorker';
}

/** The rotation goes on, but cannot get past an outage for now. */
export class RotationStalledError extends RotationClientError {
  override readonly name = 'RotationStalled';

  constructor(
    message: string,
    readonly reason: { readonly step: string; readonly attempt: number; readonly type: string },
  ) {
    super(message);
  }
}

/** The rotation can go neither forward nor back by itself, and waits for a decision. */
export class DecisionNeededError extends RotationClientError {
  override readonly name = 'DecisionNeeded';
}

/** A decision that no rotation waits for, or that contradicts the one that was made. */
export class DecisionRefusedError extends RotationClientError {
  override readonly name = 'DecisionRefused';
}

/** The secret has no Schedule, which the request is about. */
export class ScheduleMissingError extends RotationClientError {
  override readonly name = 'ScheduleMissing';
}

/** The rotation ended without a new password. */
export class RotationFailedError extends RotationClientError {
  override readonly name = 'RotationFailed';

  constructor(
    message: string,
    /** The name of the domain error that ended it, or `Cancelled`, `Terminated`. */
    readonly type: string,
  ) {
    super(message);
  }
}
