import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';

const abandonedAfterMs = 60 * 60_000;

/** A folder of the cache, and how to fill it. */
export interface CachedFolder {
  readonly name: string;
  readonly fill: (folder: string) => void;
}

/**
 * The folder of the cache, filled when it is not there. It appears complete or not at all: two that fill it at once do so
 * apart, and the second throws its own away.
 */
export function cachedFolder({ name, fill }: CachedFolder): string {
  const cache = path.join(process.env.XDG_CACHE_HOME ?? path.join(homedir(), '.cache'), 'rotor');
  const place = path.join(cache, name);
  if (existsSync(place)) return place;
  mkdirSync(cache, { recursive: true, mode: 0o700 });
  removeAbandoned(cache, name);
  const draft = mkdtempSync(path.join(cache, `${name}.draft-`));
  try {
    fill(draft);
    moveInto(draft, place);
    return place;
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

function moveInto(draft: string, place: string): void {
  try {
    renameSync(draft, place);
  } catch (error) {
    if (!existsSync(place)) throw error; // else somebody was faster
  }
}

function removeAbandoned(cache: string, name: string): void {
  for (const entry of readdirSync(cache)) {
    const folder = path.join(cache, entry);
    if (!entry.startsWith(`${name}.draft-`) || Date.now() - statSync(folder).mtimeMs < abandonedAfterMs) continue;
    rmSync(folder, { recursive: true, force: true });
  }
}
