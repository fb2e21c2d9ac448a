import { type RotationEvent } from '../../rotation/rotation-event';
import { type RotationEvents } from '../../rotation/rotation-events';

/** Events as lines of JSON, one each, for whatever collects the output of processes. */
export class EventLog implements RotationEvents {
  readonly #write: (line: string) => void;

  constructor(write: (line: string) => void) {
    this.#write = write;
  }

  publish(event: RotationEvent): Promise<void> {
    this.#write(`${JSON.stringify(event)}\n`);
    return Promise.resolve();
  }
}
