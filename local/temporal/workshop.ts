import { type Supervisor } from '../supervisor';
import { type TemporalCache } from './temporal-cache';

/** What it takes to make a Temporal server. */
export interface MakeTemporalOptions {
  /** Where it goes. */
  cache: TemporalCache;
  /** The environment of the command, for Go. */
  env: Readonly<Record<string, string | undefined>>;
  /** Is told, one line at a time, what takes long. */
  onProgress: (line: string) => void;
}

/** What is at work in the workshop: its processes end with this one. */
export interface Workshop extends MakeTemporalOptions {
  /** Owns the processes. */
  supervisor: Supervisor;
}
