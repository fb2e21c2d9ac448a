import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { identifyMyself, type ProcessIdentity } from './process-identity';
import { readJson } from './read-json';

/** Writes down that the process that asks is the guardian of this folder. */
export function recordGuardian(folder: string): void {
  writeFileSync(recordFile(folder), JSON.stringify(identifyMyself()), { mode: 0o600 });
}

/** The process that was last the guardian of this folder; it may be long gone. */
export function recordedGuardian(folder: string): ProcessIdentity | undefined {
  return readJson(recordFile(folder)) as ProcessIdentity | undefined;
}

function recordFile(folder: string): string {
  return path.join(folder, 'guardian.json');
}
