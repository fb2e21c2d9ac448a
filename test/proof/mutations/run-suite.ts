import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { type Suite } from './mutation';

/**
 * What a run of a suite came to; `broken` where it could not be run, or where no test came to a judgement, as where what it
 * needs did not start: that tells nothing about the defect.
 */
export interface SuiteResult {
  readonly verdict: 'passes' | 'fails' | 'broken';
  /** What the runner printed. */
  readonly output: string;
}

interface JestResult {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numRuntimeErrorTestSuites: number;
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly failureMessages: readonly string[] }[];
  }[];
}

/** What a failed expectation says, and where a failed rotation is told of, though nothing may make one fail. */
const judgement = /\bexpect\(|client\/rotation-outcome\.ts/;

/** How long tests may run; a defect can make a rotation go on for ever. */
const limitMs = 180_000;

/** Runs tests of a copy of the project in a process of their own. */
export async function runSuite(folder: string, { file, tests }: Suite): Promise<SuiteResult> {
  const outputFile = path.join(folder, 'jest-result.json');
  rmSync(outputFile, { force: true });
  const child = spawn(
    process.execPath,
    [
      path.join(folder, 'node_modules/jest/bin/jest.js'),
      ...['--runInBand', '--forceExit', '--json', '--outputFile', outputFile, '--testNamePattern', tests],
      ...['--runTestsByPath', file],
    ],
    { cwd: folder, env: environment(), stdio: ['ignore', 'ignore', 'pipe'], timeout: limitMs },
  );
  let output = '';
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  await once(child, 'close');
  if (!existsSync(outputFile)) return { verdict: 'broken', output };
  return { verdict: verdictOf(JSON.parse(readFileSync(outputFile, 'utf8')) as JestResult), output };
}

function verdictOf({ testResults, ...ran }: JestResult): SuiteResult['verdict'] {
  const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites } = ran;
  const failures = testResults.flatMap(({ assertionResults }) =>
    assertionResults.flatMap(({ failureMessages }) => failureMessages),
  );
  if (failures.some((message) => judgement.test(message))) return 'fails'; // whatever broke after it
  return numFailedTests + numRuntimeErrorTestSuites === 0 && numPassedTests > 0 ? 'passes' : 'broken';
}

/** Without what tells a process that it is a runner's own, and in the short form. */
function environment(): NodeJS.ProcessEnv {
  const own = ['JEST_WORKER_ID', 'NODE_ENV', 'ROTOR_PROVE'];
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !own.includes(name)));
}
