import { type StackEnvironment } from '../../../local/stack/stack-file';
import { isListening, waitUntil } from '../../../local/supervisor';
import { RotorCommand } from '../../support/rotor-command';
import { type Mortal } from './mortal';

const limitMs = 60_000;

/** The worker process, and whoever watches it: one that ends by itself, as where Temporal is away, is started again. */
export class MortalWorker implements Mortal {
  readonly #environment: StackEnvironment;
  #isWanted = false;
  #running: RotorCommand | undefined;

  private constructor(environment: StackEnvironment) {
    this.#environment = environment;
  }

  static async start(environment: StackEnvironment): Promise<MortalWorker> {
    const worker = new MortalWorker(environment);
    await worker.restart();
    return worker;
  }

  async kill(): Promise<boolean> {
    this.#isWanted = false;
    const wasAlive = this.#running?.kill('SIGKILL') === true;
    await this.#running?.ended;
    return wasAlive;
  }

  async restart(): Promise<void> {
    this.#isWanted = true;
    void this.#keep();
    const polls = (): boolean => this.#running?.printed.stdout.includes('worker polls') ?? false;
    if (await waitUntil(polls, { limitMs })) return;
    throw new Error(`The worker does not poll: ${JSON.stringify(this.#running?.printed)}`);
  }

  async #keep(): Promise<void> {
    const port = Number(this.#environment.TEMPORAL_ADDRESS?.split(':')[1]);
    const isTime = async (): Promise<boolean> => !this.#wantsOne() || (await isListening(port));
    while (this.#isWanted) {
      if (!(await waitUntil(isTime, { limitMs })) || !this.#wantsOne()) return;
      this.#running = new RotorCommand(['worker'], { env: this.#environment });
      await this.#running.ended;
    }
  }

  /** Asked anew after each wait: a kill may have come in between. */
  #wantsOne(): boolean {
    return this.#isWanted;
  }
}
