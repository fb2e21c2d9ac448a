import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import path from 'node:path';
import { GuardianLostError } from './errors';
import {
  type GuardianMessage,
  type GuardianNotice,
  type GuardianReply,
  type GuardianRequest,
} from './guardian-protocol';
import { scriptArguments } from './script-arguments';
import { serverEnvironment } from './server-environment';

/** A request without its id, which the channel gives. */
export type GuardianOrder = GuardianRequest extends infer Request
  ? Request extends unknown
    ? Omit<Request, 'id'>
    : never
  : never;

interface Waiting {
  resolve: (reply: GuardianReply) => void;
  reject: (reason: Error) => void;
}

/** The parent's end of the channel to its guardian; open, it keeps the parent's event loop alive. */
export class GuardianChannel {
  /** Resolves when the guardian process is gone, with how it ended. */
  readonly ended: Promise<string>;
  readonly #folder: string;
  readonly #guardian: ChildProcess;
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;

  /** Starts a guardian for the folder; its first notice is `ready`. */
  constructor({ folder, onNotice }: { folder: string; onNotice: (notice: GuardianNotice) => void }) {
    this.#folder = folder;
    this.#guardian = spawnGuardian(folder);
    this.#guardian.on('message', (message: GuardianMessage) => {
      if ('id' in message) this.#settle(message);
      else onNotice(message);
    });
    this.ended = new Promise((resolve) => {
      this.#guardian.once('error', (error) => {
        resolve(`cannot be started (${error.message})`);
      });
      this.#guardian.once('exit', (code, signal) => {
        resolve(`ended (${signal ?? `exit code ${code ?? 'unknown'}`})`);
      });
    });
    void this.ended.then((reason) => {
      this.#rejectAll(reason);
    });
  }

  /**
   * Sends a request and waits for the answer to it.
   *
   * @throws {@link GuardianLostError} when the guardian ends first
   */
  async ask(order: GuardianOrder): Promise<GuardianReply> {
    const id = ++this.#lastId;
    if (!this.#guardian.connected) throw new GuardianLostError(this.#folder, await this.ended);
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#guardian.send({ ...order, id }, () => undefined); // a failure to send is followed by the guardian's end
    });
  }

  #settle(reply: GuardianReply): void {
    this.#waiting.get(reply.id)?.resolve(reply);
    this.#waiting.delete(reply.id);
  }

  #rejectAll(reason: string): void {
    for (const { reject } of this.#waiting.values()) reject(new GuardianLostError(this.#folder, reason));
    this.#waiting.clear();
  }
}

/** Servers hold passwords in their memory, so that none of them may leave a core file: they inherit that limit. */
const withoutCores = 'ulimit -c 0; exec "$0" "$@"';

/** Detached, it is reached neither by Ctrl-C in the terminal nor by a signal to the parent's process group. */
function spawnGuardian(folder: string): ChildProcess {
  const log = openSync(path.join(folder, 'guardian.log'), 'a', 0o600);
  try {
    const guardian = [process.execPath, ...scriptArguments(path.join(__dirname, 'guardian')), folder];
    return spawn('/bin/sh', ['-c', withoutCores, ...guardian], {
      stdio: ['ignore', log, log, 'ipc'],
      detached: true,
      env: serverEnvironment(),
    });
  } finally {
    closeSync(log);
  }
}
