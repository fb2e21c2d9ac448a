import { describeMachine } from './report/machine';
import { medianRows } from './report/medians';
import { type Results, type SectionResult } from './report/results';
import { ownVersions } from './report/versions';
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
  const versions = ownVersions();
  const results: SectionResult[] = [];
  for (const [index, section] of sections.entries()) {
    const say = (line: string): void => {
      run.onProgress(`[${index + 1}/${sections.length} ${section.name}] ${line}`);
    };
    const result = await runSection(section, { run: { ...run, onProgress: say }, versions });
    onSection(result);
    results.push(result);
  }
  return { machine: describeMachine(), versions, quick: run.quick, sections: results };
}

/** What a section is run with, and where the versions of its servers are noted. */
interface SectionRun {
  readonly run: Pick<BenchRun, 'quick' | 'env' | 'onProgress' | 'runs'>;
  readonly versions: Record<string, string>;
}

async function runSection(section: Section, { run, versions }: SectionRun): Promise<SectionResult> {
  const { name, title } = section;
  const startedAt = new Date().toISOString();
  const begin = performance.now();
  const done = { runs: 1 };
  const ended = (): Omit<SectionResult, 'rows'> => {
    return { name, title, startedAt, seconds: Math.round((performance.now() - begin) / 1_000), ...done };
  };
  run.onProgress(title);
  try {
    const rows = await section.run(contextOf({ run, versions }, (runs) => (done.runs = runs)));
    return { ...ended(), rows };
  } catch (err) {
    const failure = err instanceof Error ? `${err.name}: ${err.message}` : 'unknown error';
    return { ...ended(), rows: [], failure };
  }
}

function contextOf({ run, versions }: SectionRun, onRuns: (runs: number) => void): BenchContext {
  const { quick, env, onProgress, runs } = run;
  return {
    ...{ quick, env, onProgress },
    onVersion: (server, version) => (versions[server] = version),
    repeat: async (measure, most = runs) => {
      const all = [];
      const times = Math.min(runs, most);
      onRuns(times);
      for (let turn = 1; turn <= times; turn++) {
        onProgress(`run ${turn} of ${times}`);
        all.push(await measure());
      }
      return medianRows(all);
    },
  };
}
