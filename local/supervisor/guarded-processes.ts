import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { endProcess, killGroup } from './end-process';
import { type ProcessExit, type ProcessSpec } from './guardian-protocol';
import { identifyProcess } from './process-identity';
import { forgetProcess, recordProcess, type ProcessRecord } from './process-records';
import { serverEnvironment } from './server-environment';
import { waitUntil } from './wait-until';

/** Between the death of a process and the event that tells of it. */
const REAP_LIMIT_MS = 2_000;

/** The guardian's children: spawns them, writes them down, and ends them newest first. */
export class GuardedProcesses {
  readonly #folder: string;
  readonly #onExit: (key: number, exit: ProcessExit) => void;
  readonly #running = new Map<number, ProcessRecord>();

  constructor({ folder, onExit }: { folder: string; onExit: (key: number, exit: ProcessExit) => void }) {
    this.#folder = folder;
    this.#onExit = onExit;
  }

  /** Spawns a server in a process group of its own and returns its pid; the key names it from now on. */
  async start(key: number, spec: ProcessSpec): Promise<number> {
    if (this.#isRunning(spec.name)) throw new Error(`a server named ${spec.name} already runs`);
    const child = spawnLogged(spec);
    const { pid } = child;
    if (pid === undefined) throw await new Promise<Error>((resolve) => child.once('error', resolve));

    const record = { name: spec.name, stopSignal: spec.stopSignal ?? 'SIGTERM', pid, startTime: startTimeOf(pid) };
    recordProcess(this.#folder, record);
    this.#running.set(key, record);
    child.once('exit', (code, signal) => {
      this.#ended(key, { code, signal });
    });
    return pid;
  }

  /** Ends one server; resolves when it is gone, also when it was gone before. */
  async stop(key: number): Promise<void> {
    const record = this.#running.get(key);
    if (record === undefined) return;
    await endProcess(record);
    await waitUntil(() => !this.#running.has(key), { limitMs: REAP_LIMIT_MS });
  }

  /** Ends all servers, newest first. */
  async stopAll(): Promise<void> {
    for (const key of [...this.#running.keys()].reverse()) await this.stop(key);
  }

  #isRunning(name: string): boolean {
    return [...this.#running.values()].some((record) => record.name === name);
  }

  #ended(key: number, exit: ProcessExit): void {
    const record = this.#running.get(key);
    if (record === undefined) return;
    killGroup(record.pid);
    this.#running.delete(key);
    forgetProcess(this.#folder, record.name);
    this.#onExit(key, exit);
  }
}

function spawnLogged({ command, args, logFile, env, cwd, uid, gid }: ProcessSpec): ChildProcess {
  const log = openSync(logFile, 'a', 0o600);
  try {
    return spawn(command, args, {
      stdio: ['ignore', log, log],
      detached: true,
      env: env ?? serverEnvironment(),
      ...(cwd === undefined ? {} : { cwd }),
      ...(uid === undefined ? {} : { uid }),
      ...(gid === undefined ? {} : { gid }),
    });
  } finally {
    closeSync(log);
  }
}

/** A process that has ended already has no start time any more; nothing will match the empty one. */
function startTimeOf(pid: number): string {
  return identifyProcess(pid)?.startTime ?? '';
}
