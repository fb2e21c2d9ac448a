import { type ProcessExit } from './guardian-protocol';

/** A server that the guardian runs. */
export interface SupervisedProcess {
  /** The name it was started under. */
  readonly name: string;
  /** Its process id. */
  readonly pid: number;
  /** Resolves when it has ended, however that came; never rejects. */
  readonly exited: Promise<ProcessExit>;
  /** Ends it and resolves when it is gone. Safe to repeat. */
  stop(): Promise<void>;
}
