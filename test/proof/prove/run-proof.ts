import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Proof } from './proofs';

/** What came of a proof. */
export interface ProofResult {
  readonly name: string;
  readonly claim: string;
  /** `in part` where nothing failed, but this machine cannot run everything. */
  readonly holds: 'yes' | 'in part' | 'no';
  readonly passed: number;
  readonly failed: number;
  /** Tests that this machine cannot run, by name. */
  readonly skipped: readonly string[];
  /** Tests that failed, by name. */
  readonly failures: readonly string[];
  readonly seconds: number;
}

interface JestReport {
  readonly success: boolean;
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly {
    readonly name: string;
    /** Why the suite itself could not be run; empty where it could. */
    readonly message: string;
    readonly status: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

/** Runs a proof in a process of its own, which shows its progress on the screen. */
export async function runProof(root: string, proof: Proof): Promise<ProofResult> {
  const folder = mkdtempSync(path.join(tmpdir(), 'rotor-prove-'));
  const reportFile = path.join(folder, 'report.json');
  const begun = performance.now();
  try {
    const jest = path.join(root, 'node_modules/jest/bin/jest.js');
    const child = spawn(process.execPath, [jest, '--verbose', '--json', '--outputFile', reportFile, ...proof.tests], {
      cwd: root,
      env: { ...process.env, ...proof.env },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    await once(child, 'close');
    const report = JSON.parse(readFileSync(reportFile, 'utf8')) as JestReport;
    return resultOf(proof, { report, seconds: Math.round((performance.now() - begun) / 1000) });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A proof in which nothing was tried proves nothing. */
function resultOf({ name, claim }: Proof, { report, seconds }: { report: JestReport; seconds: number }): ProofResult {
  const tests = report.testResults.flatMap(({ assertionResults }) => assertionResults);
  const named = (status: string): string[] =>
    tests.filter((test) => test.status === status).map(({ fullName }) => fullName);
  const broken = report.testResults
    .filter(({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0)
    .map((suite) => `${path.basename(suite.name)} could not be run`);
  const skipped = named('pending');
  const isProved = report.success && report.numPassedTests > 0;
  return {
    name,
    claim,
    holds: isProved ? (skipped.length > 0 ? 'in part' : 'yes') : 'no',
    passed: report.numPassedTests,
    failed: report.numFailedTests + broken.length,
    skipped,
    failures: [...named('failed'), ...broken],
    seconds,
  };
}
