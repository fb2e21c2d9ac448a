import { readdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { whyNotTemporal } from './probe-temporal';

/** The version of Temporal's command line that is built when none is found: the last one that `go install` can build. */
export const TEMPORAL_CLI_VERSION = 'v1.5.1';

/** Where the cache has which files. */
export interface TemporalCache {
  /** The program that was built here; complete whenever it exists. */
  built: string;
  /** The folder of the SDK's downloads. */
  downloads: string;
  /** Where either is being made. */
  workshop: string;
}

/** Where Rotor keeps what it has downloaded or built for all checkouts of one user. */
export function defaultCacheFolder(env: Readonly<Record<string, string | undefined>>): string {
  const base = env.XDG_CACHE_HOME;
  return path.join(base !== undefined && path.isAbsolute(base) ? base : path.join(homedir(), '.cache'), 'rotor');
}

/** The files below the cache folder that hold a Temporal server, or make one. */
export function temporalCache(cacheFolder: string): TemporalCache {
  const folder = path.resolve(cacheFolder, 'temporal');
  return {
    built: path.join(folder, TEMPORAL_CLI_VERSION, 'temporal'),
    downloads: path.join(folder, 'downloads'),
    workshop: path.join(folder, 'workshop'),
  };
}

/** Finds the Temporal server of an earlier download or build; undefined when there is none that runs. */
export async function cachedTemporal(
  cache: TemporalCache,
): Promise<{ path: string; source: 'download' | 'build' } | undefined> {
  for (const download of await listDownloads(cache)) {
    if ((await whyNotTemporal(download)) === undefined) return { path: download, source: 'download' };
  }
  return (await whyNotTemporal(cache.built)) === undefined ? { path: cache.built, source: 'build' } : undefined;
}

/** The SDK names a download after itself (`temporal-sdk-typescript-1.24.0`), and an unfinished one `….downloading`. */
async function listDownloads({ downloads }: TemporalCache): Promise<string[]> {
  const names = await readdir(downloads).catch(() => []);
  return names
    .filter((name) => name.startsWith('temporal-') && !name.endsWith('.downloading'))
    .map((name) => path.join(downloads, name));
}
