import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { serverEnvironment, waitUntil } from '../../local/supervisor';
import { sharedServers } from './shared-servers';

/** How a command is run. */
export interface CommandOptions {
  /** All that the command sees beside where programs are. */
  readonly env?: Readonly<Record<string, string>>;
  /** @defaultValue where the tests run */
  readonly cwd?: string;
}

/** What a command that ended left. */
export interface CommandResult {
  /** Null for one that a signal ended. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const limitMs = 30_000;
const running = new Set<RotorCommand>();

/** The built `rotor` command as a process, which leads a process group of its own as it does in a shell. */
export class RotorCommand {
  /** What it printed so far. */
  readonly printed = { stdout: '', stderr: '' };
  /** Resolves when it is gone and everything that it printed is there. */
  readonly ended: Promise<CommandResult>;
  readonly pid: number;
  readonly #child: ChildProcess;

  constructor(args: readonly string[], { env = {}, cwd }: CommandOptions = {}) {
    const { command } = sharedServers().program;
    this.#child = spawn(process.execPath, [command, ...args], {
      env: serverEnvironment(env),
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
      ...(cwd === undefined ? {} : { cwd }),
    });
    this.pid = Number(this.#child.pid);
    this.#child.stdout?.on('data', (chunk: Buffer) => (this.printed.stdout += chunk.toString()));
    this.#child.stderr?.on('data', (chunk: Buffer) => (this.printed.stderr += chunk.toString()));
    this.ended = this.#untilClosed();
    running.add(this);
  }

  /** Sends a signal to the whole process group, as the terminal does. */
  signalGroup(signal: NodeJS.Signals): void {
    process.kill(-this.pid, signal);
  }

  /** Sends a signal to this process only; false where it has ended. */
  kill(signal: NodeJS.Signals): boolean {
    return this.#child.kill(signal);
  }

  /** Waits until stdout holds a text. Throws with what was printed when the command ends first, or takes too long. */
  async untilPrinted(text: string, withinMs = limitMs): Promise<void> {
    const seen = { end: false };
    void this.ended.then(() => (seen.end = true));
    await waitUntil(() => this.printed.stdout.includes(text) || seen.end, { limitMs: withinMs });
    if (!this.printed.stdout.includes(text))
      throw new Error(`"${text}" was not printed: ${JSON.stringify(this.printed)}`);
  }

  async #untilClosed(): Promise<CommandResult> {
    const [code] = (await once(this.#child, 'close')) as [number | null];
    running.delete(this);
    return { code, ...this.printed };
  }
}

/** Runs a command to its end. Throws when that takes longer than half a minute. */
export async function runRotor(args: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
  const command = new RotorCommand(args, options);
  const expired = setTimeout(() => {
    command.kill('SIGKILL');
  }, limitMs);
  const result = await command.ended;
  clearTimeout(expired);
  if (result.code === null) throw new Error(`rotor ${args.join(' ')} did not end: ${JSON.stringify(result)}`);
  return result;
}

/** Ends the commands that a test left running; for `afterEach`. */
export async function endCommands(): Promise<void> {
  await Promise.all(
    [...running].map((command) => {
      command.kill('SIGKILL');
      return command.ended;
    }),
  );
}
