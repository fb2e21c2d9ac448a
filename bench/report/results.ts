import { type Row } from '../section';
import { type Machine } from './machine';

/** What a section has shown. */
export interface SectionResult {
  readonly name: string;
  readonly title: string;
  readonly seconds: number;
  readonly rows: readonly Row[];
  /** Why it did not come to its end. */
  readonly failure?: string;
}

/** All that a benchmark has shown, and on what. */
export interface Results {
  readonly machine: Machine;
  /** Of the servers, by name. */
  readonly versions: Readonly<Record<string, string>>;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly quick: boolean;
  /** The figures are medians of so many runs, where a section does not say otherwise. */
  readonly runs: number;
  readonly sections: readonly SectionResult[];
}
