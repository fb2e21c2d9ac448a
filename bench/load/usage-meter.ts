import { type Figure } from '../section';
import { processUsage, type ProcessUsage } from '../stack/process-usage';

/** Measures what processes use while something is done. */
export class UsageMeter {
  readonly #processes: ReadonlyMap<string, number>;
  readonly #before: ReadonlyMap<string, ProcessUsage>;

  /** Begins now, with the processes of these ids, by name. */
  constructor(processes: ReadonlyMap<string, number>) {
    this.#processes = new Map(processes);
    this.#before = usages(this.#processes);
  }

  /** The time of a core that one rotation took of each process. */
  cpu(rotations: number): Record<string, Figure> {
    const now = usages(this.#processes);
    const spent = (name: string): number => (now.get(name)?.cpuMs ?? NaN) - (this.#before.get(name)?.cpuMs ?? NaN);
    return this.#figures((name) => ({ value: spent(name) / rotations, unit: 'CPU ms' }));
  }

  /** The memory of each process now. */
  memory(): Record<string, Figure> {
    const now = usages(this.#processes);
    return this.#figures((name) => ({ value: now.get(name)?.mebibytes ?? NaN, unit: 'MiB' }));
  }

  #figures(figureOf: (name: string) => Figure): Record<string, Figure> {
    return Object.fromEntries([...this.#processes.keys()].map((name) => [name, figureOf(name)]));
  }
}

function usages(processes: ReadonlyMap<string, number>): Map<string, ProcessUsage> {
  return new Map([...processes].map(([name, pid]) => [name, processUsage(pid)]));
}
