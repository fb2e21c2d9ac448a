import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type ProcessToEnd } from './end-process';
import { readJson } from './read-json';

/** What is written down about a server while it runs, so that a later start can find it. */
export interface ProcessRecord extends ProcessToEnd {
  /** The server's name, unique within its folder. */
  name: string;
}

const FOLDER = 'processes';

/**
 * Writes down a server that has just been spawned.
 *
 * Synchronous on purpose: nothing may come between the spawn and this.
 */
export function recordProcess(folder: string, record: ProcessRecord): void {
  mkdirSync(path.join(folder, FOLDER), { recursive: true, mode: 0o700 });
  const file = recordFile(folder, record.name);
  writeFileSync(`${file}.draft`, JSON.stringify(record), { mode: 0o600 });
  renameSync(`${file}.draft`, file);
}

/** Forgets a server that has ended. */
export function forgetProcess(folder: string, name: string): void {
  rmSync(recordFile(folder, name), { force: true });
}

/** The servers that were started from this folder and not seen to end; some may be gone all the same. */
export function recordedProcesses(folder: string): ProcessRecord[] {
  const records = path.join(folder, FOLDER);
  return list(records)
    .filter((file) => file.endsWith('.json'))
    .map((file) => readJson(path.join(records, file)) as ProcessRecord | undefined)
    .filter((record) => record !== undefined);
}

function recordFile(folder: string, name: string): string {
  return path.join(folder, FOLDER, `${name}.json`);
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
