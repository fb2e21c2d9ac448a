import { Command, InvalidArgumentError } from 'commander';

/** What the command line asks for. */
export interface BenchArguments {
  /** One short run of each. */
  readonly quick: boolean;
  /** Names of sections; all, where absent. */
  readonly only?: readonly string[];
  readonly runs: number;
  /** Where the results go besides the table. */
  readonly json: string;
  /** Whether numbers and pictures go into `docs/`. */
  readonly writeDocs: boolean;
}

const defaultRuns = 5;

/** Reads the command line. Misuse ends the process with status 1, and `--help` with 0, after a text that says so. */
export function parseArguments(argv: readonly string[], names: readonly string[]): BenchArguments {
  const command = new Command('npm run bench --')
    .description('Measures Rotor with everything aboard on this machine.')
    .option('--quick', 'one short run of each: to see that it works, not how fast', false)
    .option('--only <name>', `one of ${names.join(', ')}; may be repeated`, collect(names))
    .option('--runs <n>', 'runs of each, of which the median counts', toRuns)
    .option('--json <file>', 'where the results go', 'bench/results/results.json')
    .option('--write-docs', 'put numbers and pictures into docs/', false)
    .allowExcessArguments(false)
    .parse(argv);
  const { runs, ...rest } = command.opts<Omit<BenchArguments, 'runs'> & { readonly runs?: number }>();
  return { ...rest, runs: runs ?? (rest.quick ? 1 : defaultRuns) };
}

function collect(names: readonly string[]): (name: string, before?: readonly string[]) => string[] {
  return (name, before = []) => {
    if (!names.includes(name)) throw new InvalidArgumentError(`There is ${names.join(', ')}.`);
    return [...before, name];
  };
}

function toRuns(text: string): number {
  if (/^[1-9]\d?$/.test(text)) return Number(text);
  throw new InvalidArgumentError('A number of runs is from 1 to 99.');
}
