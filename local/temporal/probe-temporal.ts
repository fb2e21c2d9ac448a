import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { serverEnvironment } from '../supervisor';

/** A program that is not Temporal's may wait for input for ever. */
const LIMIT_MS = 20_000;

/** Why a program is of no use, in a few words; undefined when it is a Temporal command line with a server in it. */
export async function whyNotTemporal(executable: string): Promise<string | undefined> {
  try {
    const options = { timeout: LIMIT_MS, killSignal: 'SIGKILL', env: serverEnvironment() } as const;
    const { stdout } = await promisify(execFile)(executable, ['--version'], options);
    return /^temporal version .*Server \d/.test(stdout) ? undefined : `it calls itself "${stdout.trim().slice(0, 80)}"`;
  } catch (error) {
    return reasonOf(error);
  }
}

function reasonOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return 'it cannot be run';
  if ('killed' in error && error.killed === true) return `it does not tell its version in ${LIMIT_MS / 1_000} seconds`;
  if ('code' in error && typeof error.code === 'number') return `asked for its version it ends with code ${error.code}`;
  return 'code' in error ? `it cannot be run (${String(error.code)})` : 'it cannot be run';
}
