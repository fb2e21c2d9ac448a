import { readFileSync } from 'node:fs';

/** What a file of ours holds; undefined when it is not there, or not readable as a power failure may leave it. */
export function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
