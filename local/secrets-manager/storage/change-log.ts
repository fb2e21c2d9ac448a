import { type SecretRecord } from './secret-record';

/** Where changes go to outlive the process. */
export interface ChangeLog {
  /** Keeps records, all or none and in the order of the calls; settles once they outlive a crash. */
  append(records: readonly SecretRecord[]): Promise<void>;
  /** Waits for what was appended and lets go of every file. */
  close(): Promise<void>;
}

/** Keeps nothing: the secrets live as long as the process. */
export const memoryLog: ChangeLog = {
  append: () => Promise.resolve(),
  close: () => Promise.resolve(),
};
