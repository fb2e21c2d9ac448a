import { type StackPorts } from './stack-ports';

/** What to start, and where it keeps its state. */
export interface StackOptions {
  /** The folder that holds all state; created when absent. */
  readonly home: string;
  readonly ports: StackPorts;
  /** The environment of the command, for finding Temporal. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Told one line for each thing that takes a while. */
  readonly onProgress: (line: string) => void;
  /** Called once the folder is this stack's alone and no process of an earlier one is left. */
  readonly onLocked?: () => Promise<void>;
}
