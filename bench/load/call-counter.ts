import { type CallRecord, defaultAdminPath } from '../../local/secrets-manager';

/** How often an operation was called, and how often it was refused for being called too often. */
export interface OperationCalls {
  readonly calls: number;
  readonly throttled: number;
}

/** Reads the call log of an endpoint that was started with `--admin`. */
export class CallCounter {
  readonly #logUrl: string;
  readonly #counts = new Map<string, OperationCalls>();
  #next = 0;

  constructor({ endpointUrl }: { readonly endpointUrl: string }) {
    this.#logUrl = `${endpointUrl}${defaultAdminPath}/calls`;
  }

  /** Counts what is in the log and was not counted yet. The log holds the latest ten thousand calls. */
  async update(): Promise<void> {
    const { calls } = (await (await fetch(this.#logUrl)).json()) as { calls: readonly CallRecord[] };
    for (const { sequence, operation, error } of calls) {
      if (sequence < this.#next) continue;
      const { calls: before, throttled } = this.#counts.get(operation) ?? { calls: 0, throttled: 0 };
      const isThrottled = error === 'ThrottlingException';
      this.#counts.set(operation, { calls: before + 1, throttled: throttled + (isThrottled ? 1 : 0) });
      this.#next = sequence + 1;
    }
  }

  /** What was counted since the last time that this was asked. */
  async take(): Promise<ReadonlyMap<string, OperationCalls>> {
    await this.update();
    const counts = new Map(this.#counts);
    this.#counts.clear();
    return counts;
  }
}

/** All calls, of these operations or of any. */
export function totalCalls(
  counts: ReadonlyMap<string, OperationCalls>,
  operations: readonly string[] = [...counts.keys()],
): OperationCalls {
  const found = operations.flatMap((operation) => counts.get(operation) ?? []);
  return {
    calls: found.reduce((sum, { calls }) => sum + calls, 0),
    throttled: found.reduce((sum, { throttled }) => sum + throttled, 0),
  };
}
