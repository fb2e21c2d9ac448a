import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { scriptArguments, serverEnvironment, waitUntil } from '../../../local/supervisor';
import { type RotorUnderTest } from '../../support/rotor-under-test';
import { type Appointments, type CallAt, type Notice } from './kill-point';

const startLimitMs = 60_000;
/** Longer than a step may stand: one whose time is over comes to the same call again. */
const standLimitMs = 60_000;

/** A worker process in which rotations stand at one of their calls until it is killed. */
export class StandingWorker {
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;
  readonly #calls = new Map<string, CallAt[]>();
  readonly #standing = new Set<string>();
  readonly #said = new Set<Notice['kind']>();

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.#exited = once(child, 'exit');
    child.on('message', (notice: Notice) => {
      this.#hear(notice);
    });
  }

  /** Resolves when it works. */
  static async start({ environment, servers }: RotorUnderTest): Promise<StandingWorker> {
    const script = scriptArguments(path.join(__dirname, 'standing-worker-process'));
    const child = spawn(process.execPath, [...script, servers.program.workflowBundle], {
      env: serverEnvironment({ ...environment, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' }),
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const worker = new StandingWorker(child);
    await worker.#untilSaid('works');
    return worker;
  }

  /** Tells it where rotations have to stand, instead of what it was told before; resolves when it knows. */
  async appoint(appointments: Appointments): Promise<void> {
    this.#said.delete('knows');
    this.#child.send(appointments);
    await this.#untilSaid('knows');
  }

  /** Resolves when all of these rotations stand at the same time. Throws where one does not come to its call. */
  async untilStanding(rotations: readonly string[]): Promise<void> {
    const missing = (): string[] => rotations.filter((rotation) => !this.#standing.has(rotation));
    if (await waitUntil(() => missing().length === 0, { limitMs: standLimitMs })) return;
    const last = missing().map((rotation) => `${rotation}: ${JSON.stringify(this.callsOf(rotation).at(-1))}`);
    throw new Error(`These rotations do not come to the call at which they have to stand: ${last.join('; ')}`);
  }

  /** Every call that a rotation has made, in order. */
  callsOf(rotation: string): readonly CallAt[] {
    return this.#calls.get(rotation) ?? [];
  }

  /** Kills the process with -9; resolves when it is gone. Safe to repeat. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#exited;
  }

  async #untilSaid(kind: Notice['kind']): Promise<void> {
    if (await waitUntil(() => this.#said.has(kind), { limitMs: startLimitMs })) return;
    await this.kill();
    throw new Error(`The worker that rotations have to stand in does not say that it ${kind}.`);
  }

  #hear(notice: Notice): void {
    this.#said.add(notice.kind);
    if (notice.kind === 'stands') this.#standing.add(notice.rotation);
    if (notice.kind === 'leaves') this.#standing.delete(notice.rotation);
    if (notice.kind === 'calls') this.#calls.set(notice.rotation, [...this.callsOf(notice.rotation), notice.call]);
  }
}
