/** What the service reports of rotations. */
export type RotationEventName =
  | 'RotationStarted'
  | 'RotationSucceeded'
  | 'RotationFailed'
  | 'RotationAbandoned'
  | 'TestRotationStarted'
  | 'TestRotationSucceeded'
  | 'TestRotationFailed';

/** One report. */
export interface ServiceEvent {
  readonly name: RotationEventName;
  readonly at: number;
  readonly secretId: string;
  readonly clientRequestToken: string;
  /** Names the function and the step that failed. */
  readonly errorMessage?: string | undefined;
}

const logSize = 10_000;

/** The latest reports, for tests to look at. */
export class RotationEvents {
  #events: ServiceEvent[] = [];

  /** Notes a report. */
  note(event: ServiceEvent): void {
    this.#events.push(event);
    if (this.#events.length >= 2 * logSize) this.#events = this.#events.slice(-logSize);
  }

  /** The latest reports, oldest first. */
  list(): readonly ServiceEvent[] {
    return this.#events.slice(-logSize);
  }

  /** Forgets all. */
  clear(): void {
    this.#events = [];
  }
}
