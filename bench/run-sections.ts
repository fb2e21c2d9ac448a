import { describeMachine } from './report/machine';
import { medianRows } from './report/medians';
import { type Results, type SectionResult } from './report/results';
import { type BenchContext, type Section } from './section';

/** What to run, and who is told of it. */
export interface BenchRun extends Pick<BenchContext, 'quick' | 'env' | 'onProgress'> {
  readonly sections: readonly Section[];
  readonly runs: number;
  /** Told of each section as soon as it has ended. */
  readonly onSection: (result: SectionResult) => void;
}

/** Runs sections one after another. One that fails is told of, and the others go on. */
export async function runSections({ sections, onSection, ...run }: BenchRun): Promise<Results> {
  const versions: Record<string, string> = {};
  const startedAt = new Date().toISOString();
  const results: SectionResult[] = [];
  for (const [index, section] of sections.entries()) {
    const say = (line: string): void => {
      run.onProgress(`[${index + 1}/${sections.length} ${section.name}] ${line}`);
    };
    const context = contextOf({ ...run, onProgress: say }, versions);
    const result = await runSection(section, context);
    onSection(result);
    results.push(result);
  }
  const { quick, runs } = run;
  return { machine: describeMachine(), versions, startedAt, quick, runs, sections: results };
}

async function runSection(section: Section, context: BenchContext): Promise<SectionResult> {
  const { name, title } = section;
  const begin = performance.now();
  const seconds = (): number => Math.round((performance.now() - begin) / 1_000);
  context.onProgress(title);
  try {
    const rows = await section.run(context);
    return { name, title, seconds: seconds(), rows };
  } catch (err) {
    const failure = err instanceof Error ? `${err.name}: ${err.message}` : 'unknown error';
    return { name, title, seconds: seconds(), rows: [], failure };
  }
}

function contextOf(
  { quick, env, onProgress, runs }: Pick<BenchRun, 'quick' | 'env' | 'onProgress' | 'runs'>,
  versions: Record<string, string>,
): BenchContext {
  return {
    ...{ quick, env, onProgress },
    onVersion: (server, version) => (versions[server] = version),
    repeat: async (measure, most = runs) => {
      const all = [];
      const times = Math.min(runs, most);
      for (let turn = 1; turn <= times; turn++) {
        onProgress(`run ${turn} of ${times}`);
        all.push(await measure());
      }
      return medianRows(all);
    },
  };
}
