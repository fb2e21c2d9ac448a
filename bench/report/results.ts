import { type Row } from '../section';
import { type Machine } from './machine';

/** What a section has shown. */
export interface SectionResult {
  readonly name: string;
  readonly title: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly seconds: number;
  /** The figures are medians of so many runs. */
  readonly runs: number;
  readonly rows: readonly Row[];
  /** Why it did not come to its end. */
  readonly failure?: string;
}

/** All that a benchmark has shown, and on what. */
export interface Results {
  readonly machine: Machine;
  /** Of Rotor, the servers and the libraries that matter, by name. */
  readonly versions: Readonly<Record<string, string>>;
  readonly quick: boolean;
  readonly sections: readonly SectionResult[];
}
