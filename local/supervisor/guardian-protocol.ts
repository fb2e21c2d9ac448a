/** A server to run, in a form that travels between processes. */
export interface ProcessSpec {
  /** A name for messages and files, unique among the servers that run from one folder. */
  name: string;
  /** The program. */
  command: string;
  /** Its arguments; everybody on the machine can read them, so they hold no secret. */
  args: readonly string[];
  /** Its whole environment: nothing is inherited. @defaultValue `serverEnvironment()` */
  env?: Readonly<Record<string, string>>;
  /** Its working directory. @defaultValue that of the parent */
  cwd?: string;
  /** The user it runs as; only root may choose. @defaultValue that of the parent */
  uid?: number;
  /** The group it runs as; only root may choose. @defaultValue that of the parent */
  gid?: number;
  /** Where what it prints is appended; created with mode 0600. */
  logFile: string;
  /** The signal that makes it leave in good order; SIGKILL follows after eight seconds. @defaultValue 'SIGTERM' */
  stopSignal?: NodeJS.Signals;
}

/** What the parent asks of the guardian; the parent gives each server a key of its own. */
export type GuardianRequest =
  | { id: number; kind: 'start'; key: number; spec: ProcessSpec }
  | { id: number; kind: 'stop'; key: number }
  | { id: number; kind: 'close' };

/** What the guardian answers to the request of the same id. */
export type GuardianReply =
  | { id: number; kind: 'started'; pid: number }
  | { id: number; kind: 'done' }
  | { id: number; kind: 'failed'; reason: string };

/** What the guardian says unasked: it is up, or a server has ended. */
export type GuardianNotice = { kind: 'ready' } | ({ kind: 'exited'; key: number } & ProcessExit);

/** How a process ended: one of the two is null. */
export interface ProcessExit {
  /** The exit code, when it ended by itself. */
  code: number | null;
  /** The signal that ended it. */
  signal: NodeJS.Signals | null;
}

/** Everything that the guardian sends. */
export type GuardianMessage = GuardianReply | GuardianNotice;
