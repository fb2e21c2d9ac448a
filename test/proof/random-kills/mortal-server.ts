import { type SupervisedProcess } from '../../../local/supervisor';
import { type Mortal } from './mortal';

/** A server that keeps its state in files, so that it can be killed and goes on where it was. */
export class MortalServer<Running extends { readonly process: SupervisedProcess }> implements Mortal {
  /** The server as it was started the last time. */
  running: Running;
  readonly #start: () => Promise<Running>;

  private constructor(start: () => Promise<Running>, running: Running) {
    this.#start = start;
    this.running = running;
  }

  /** Starts it; `start` is what starts it again. */
  static async start<Running extends { readonly process: SupervisedProcess }>(
    start: () => Promise<Running>,
  ): Promise<MortalServer<Running>> {
    return new MortalServer(start, await start());
  }

  async kill(): Promise<boolean> {
    const server = this.running.process;
    process.kill(server.pid, 'SIGKILL');
    await server.exited;
    return true;
  }

  async restart(): Promise<void> {
    this.running = await this.#start();
  }
}
