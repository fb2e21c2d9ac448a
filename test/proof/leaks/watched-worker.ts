import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { findFreePort, waitUntil } from '../../../local/supervisor';
import { type HttpReceiver } from '../../support/http-receiver';
import { RotorCommand } from '../../support/rotor-command';
import { seenOfProcess } from './process-facts';

/** Where a worker works, and who is told of what it does. */
export interface WatchedWorkerOptions {
  readonly env: Readonly<Record<string, string>>;
  /** Its working folder, where its core would go. */
  readonly cwd: string;
  readonly receiver: HttpReceiver;
}

const key = 'a-key-of-more-than-32-characters-for-tests';

/** A built worker that tells all that it can tell: metrics, the event log, a webhook. */
export class WatchedWorker {
  readonly #metrics: string;

  private constructor(
    readonly command: RotorCommand,
    metricsAddress: string,
  ) {
    this.#metrics = `http://${metricsAddress}/metrics`;
  }

  /** Resolves when it polls. */
  static async start({ env, cwd, receiver }: WatchedWorkerOptions): Promise<WatchedWorker> {
    const keyFile = path.join(path.dirname(cwd), 'webhook-key');
    await writeFile(keyFile, `${key}\n`);
    const metricsAddress = `127.0.0.1:${await findFreePort()}`;
    const settings = {
      ROTOR_METRICS_ADDRESS: metricsAddress,
      ROTOR_WEBHOOK_URL: `${receiver.url}/rotor`,
      ROTOR_WEBHOOK_SECRET_FILE: keyFile,
    };
    const command = new RotorCommand(['worker'], { env: { ...env, ...settings }, cwd });
    await command.untilPrinted('worker polls');
    return new WatchedWorker(command, metricsAddress);
  }

  /** What it shows while it runs, by place. */
  async shown(): Promise<Record<string, string | Buffer>> {
    return {
      "the worker's metrics": await (await fetch(this.#metrics)).text(),
      "the worker's command line and environment": await seenOfProcess(this.command.pid),
    };
  }

  /** Waits until the metrics hold a text. */
  untilMeasured(text: string): Promise<boolean> {
    const isThere = async (): Promise<boolean> => (await (await fetch(this.#metrics)).text()).includes(text);
    return waitUntil(isThere, { limitMs: 30_000, everyMs: 200 });
  }

  /** What it printed, its events among it. */
  get output(): string {
    return this.command.printed.stdout + this.command.printed.stderr;
  }

  /** Resolves when it is gone. */
  async kill(signal: NodeJS.Signals): Promise<void> {
    this.command.kill(signal);
    await this.command.ended;
  }
}
