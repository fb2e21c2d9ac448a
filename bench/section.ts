/** What a figure has to reach. */
export type Target = { readonly atLeast: number } | { readonly atMost: number };

/** One number that was measured. */
export interface Figure {
  readonly value: number;
  /** `ms`, `/s`, `%`, `MiB`; empty for a plain number. */
  readonly unit: string;
  /** Absent where there is nothing to reach. */
  readonly target?: Target | undefined;
  /** What a percentile is of: that of several runs is taken of all their values together. */
  readonly sample?: { readonly values: readonly number[]; readonly share: number };
}

/** Numbers that belong together: those of one strategy on one engine, of one process, of one outage. */
export interface Row {
  /** What the numbers are of. Rows with the same members stand in one table. */
  readonly of: Readonly<Record<string, string | number>>;
  readonly figures: Readonly<Record<string, Figure>>;
}

/** A picture of some rows. */
export interface Chart {
  /** The name of the file, without extension. */
  readonly name: string;
  readonly title: string;
  readonly kind: 'bar' | 'line';
  /** What stands at the vertical axis. */
  readonly unit: string;
  /** What stands along the horizontal axis, in this order. */
  readonly categories: readonly (string | number)[];
  readonly series: readonly { readonly name: string; readonly values: readonly (number | undefined)[] }[];
}

/** What a section is given. */
export interface BenchContext {
  /** Short runs, to see that everything works: the numbers say little. */
  readonly quick: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Told one line for each thing that takes a while. */
  readonly onProgress: (line: string) => void;
  /** Told the version of each server that is started. */
  readonly onVersion: (server: string, version: string) => void;
  /** Measures as often as was asked for, `most` times at the most, and yields the medians. */
  readonly repeat: (measure: () => Promise<Row[]>, most?: number) => Promise<Row[]>;
}

/** Something that is measured on a stack of its own. */
export interface Section {
  /** For `--only`. */
  readonly name: string;
  readonly title: string;
  /** Starts what it needs, measures, and ends what it started. */
  run(context: BenchContext): Promise<Row[]>;
  /** What of the rows is drawn. @defaultValue no picture */
  charts?(rows: readonly Row[]): Chart[];
}

/** Runs `use` with what `open` opens, and closes it whatever happens. */
export async function using<Opened extends { close: () => Promise<unknown> }, Result>(
  open: () => Promise<Opened>,
  use: (opened: Opened) => Promise<Result>,
): Promise<Result> {
  const opened = await open();
  try {
    return await use(opened);
  } finally {
    await opened.close();
  }
}
