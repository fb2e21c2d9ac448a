import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { identifyMyself, isRunning, type ProcessIdentity } from '../supervisor';

/** The variables that lead a program to the stack: Temporal's and AWS's own. */
export type StackEnvironment = Readonly<Record<string, string>>;

interface StackRecord {
  readonly owner: ProcessIdentity;
  readonly environment: StackEnvironment;
}

/** Tells other commands where a running stack is. Private to the user. */
export async function writeStackFile(home: string, environment: StackEnvironment): Promise<void> {
  const record: StackRecord = { owner: identifyMyself(), environment };
  await writeFile(fileIn(home), JSON.stringify(record), { mode: 0o600 });
}

/** Withdraws what {@link writeStackFile} told. Safe to repeat. */
export async function removeStackFile(home: string): Promise<void> {
  await rm(fileIn(home), { force: true });
}

/** The environment of the stack that runs from this folder; undefined where none runs, whatever a killed one left. */
export async function runningStack(home: string): Promise<StackEnvironment | undefined> {
  const text = await readFile(fileIn(home), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const { owner, environment } = JSON.parse(text) as StackRecord;
  return isRunning(owner) ? environment : undefined;
}

function fileIn(home: string): string {
  return path.join(home, 'stack.json');
}
