import { type SupervisedProcess } from '../../local/supervisor';

/** A server that can be started again with other settings, and killed. */
export class RestartableServer<Settings> {
  readonly #start: (settings: Settings) => Promise<SupervisedProcess>;
  readonly #onStart: (pid: number) => void;
  #running: { readonly process: SupervisedProcess; readonly settings: Settings } | undefined;

  /** `onStart` is told the id of each process that is started. */
  constructor(start: (settings: Settings) => Promise<SupervisedProcess>, onStart: (pid: number) => void) {
    this.#start = start;
    this.#onStart = onStart;
  }

  /** Ends the server, if it runs, and starts it. */
  async start(settings: Settings): Promise<void> {
    await this.#running?.process.stop();
    await this.#run(settings);
  }

  /** Kills the server with -9 and starts it as it was started the last time. */
  async kill(): Promise<void> {
    if (!this.#running) throw new Error('What does not run cannot be killed.');
    const { process: server, settings } = this.#running;
    process.kill(server.pid, 'SIGKILL');
    await server.exited;
    await this.#run(settings);
  }

  async #run(settings: Settings): Promise<void> {
    this.#running = { process: await this.#start(settings), settings };
    this.#onStart(this.#running.process.pid);
  }
}
