import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { CannotStartError, GuardianLostError, SupervisorInUseError } from './errors';
import { GuardianChannel } from './guardian-channel';
import { type GuardianNotice, type ProcessExit, type ProcessSpec } from './guardian-protocol';
import { tryLock, type HeldLock } from './lock-file';
import { endRecordedProcesses, endRemains } from './remains';
import { type SupervisedProcess } from './supervised-process';

/**
 * Runs servers that never outlive this process: they belong to a guardian that ends them when this process is gone.
 *
 * It keeps the event loop alive until it is closed.
 */
export interface Supervisor {
  /**
   * Starts a server. Resolves when the process exists, which says nothing about its being ready.
   *
   * @throws {@link CannotStartError} when the command cannot be run
   */
  start(spec: ProcessSpec): Promise<SupervisedProcess>;
  /** Ends all servers, newest first, and then the guardian. Resolves when they are gone. Safe to repeat. */
  close(): Promise<void>;
  /** Resolves with the reason when the guardian dies unasked; its servers have been ended by then. Never rejects. */
  readonly lost: Promise<GuardianLostError>;
}

/** Where a supervisor keeps what a later start must know. */
export interface SupervisorOptions {
  /** A folder of its own, created with mode 0700 when absent; one living supervisor per folder. */
  folder: string;
}

/**
 * Starts a guardian process and first ends whatever an earlier one has left behind in the same folder.
 *
 * @throws {@link SupervisorInUseError} when a living process uses the folder
 * @throws {@link GuardianLostError} when the guardian does not come up
 */
export async function startSupervisor({ folder }: SupervisorOptions): Promise<Supervisor> {
  const home = path.resolve(folder);
  await mkdir(path.dirname(home), { recursive: true });
  await mkdir(home, { recursive: true, mode: 0o700 });
  const attempt = await tryLock(path.join(home, 'supervisor.lock'));
  if ('holder' in attempt) throw new SupervisorInUseError(home, attempt.holder.pid);
  try {
    await endRemains(home);
    return await GuardedSupervisor.start({ folder: home, lock: attempt.held });
  } catch (error) {
    await attempt.held.release();
    throw error;
  }
}

class GuardedSupervisor implements Supervisor {
  readonly lost: Promise<GuardianLostError>;
  readonly #folder: string;
  readonly #lock: HeldLock;
  readonly #channel: GuardianChannel;
  readonly #exits = new Map<number, (exit: ProcessExit) => void>();
  #lastKey = 0;
  #isReady: () => void = () => undefined;
  #closing: Promise<void> | undefined;

  static async start(options: { folder: string; lock: HeldLock }): Promise<Supervisor> {
    const supervisor = new GuardedSupervisor(options);
    await supervisor.#ready();
    return supervisor;
  }

  private constructor({ folder, lock }: { folder: string; lock: HeldLock }) {
    this.#folder = folder;
    this.#lock = lock;
    this.#channel = new GuardianChannel({
      folder,
      onNotice: (notice) => {
        this.#notice(notice);
      },
    });
    this.lost = new Promise((resolve) => {
      void this.#channel.ended.then(async (reason) => {
        if (this.#closing === undefined) resolve(await this.#endAsOrphans(reason));
      });
    });
  }

  async start(spec: ProcessSpec): Promise<SupervisedProcess> {
    const key = ++this.#lastKey;
    // Registered before the request, because news of the end may follow on the heels of the answer.
    const exited = new Promise<ProcessExit>((resolve) => this.#exits.set(key, resolve));
    const reply = await this.#channel.ask({ kind: 'start', key, spec });
    if (reply.kind !== 'started') throw new CannotStartError(spec.name, 'reason' in reply ? reply.reason : 'unknown');
    return { name: spec.name, pid: reply.pid, exited, stop: () => this.#stop(key) };
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #ready(): Promise<void> {
    const ready = new Promise<undefined>((resolve) => {
      this.#isReady = () => {
        resolve(undefined);
      };
    });
    const reason = await Promise.race([ready, this.#channel.ended]);
    if (reason !== undefined) throw new GuardianLostError(this.#folder, reason);
  }

  #notice(notice: GuardianNotice): void {
    if (notice.kind === 'ready') this.#isReady();
    else this.#ended(notice.key, { code: notice.code, signal: notice.signal });
  }

  #ended(key: number, exit: ProcessExit): void {
    this.#exits.get(key)?.(exit);
    this.#exits.delete(key);
  }

  async #stop(key: number): Promise<void> {
    if (!this.#exits.has(key)) return;
    await this.#channel.ask({ kind: 'stop', key }).catch(async () => {
      await (this.#closing ?? this.lost);
    });
  }

  async #close(): Promise<void> {
    await this.#channel.ask({ kind: 'close' }).catch(() => undefined); // the answer to this is the guardian's end
    await this.#channel.ended;
    await this.#endAsOrphans('was asked to leave');
    await this.#lock.release();
  }

  async #endAsOrphans(reason: string): Promise<GuardianLostError> {
    await endRecordedProcesses(this.#folder);
    for (const key of [...this.#exits.keys()]) this.#ended(key, { code: null, signal: 'SIGKILL' });
    return new GuardianLostError(this.#folder, reason);
  }
}
