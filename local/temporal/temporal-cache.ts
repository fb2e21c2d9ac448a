import { homedir } from 'node:os';
import path from 'node:path';

/** The version of Temporal's command line that is built when none is found: the last one that `go install` can build. */
export const TEMPORAL_CLI_VERSION = 'v1.5.1';

/** Where Rotor keeps what it has downloaded or built for all checkouts of one user. */
export function defaultCacheFolder(env: Readonly<Record<string, string | undefined>>): string {
  const base = env.XDG_CACHE_HOME;
  return path.join(base !== undefined && path.isAbsolute(base) ? base : path.join(homedir(), '.cache'), 'rotor');
}

/** The files below the cache folder that hold a Temporal server, or make one. */
export function temporalCache(cacheFolder: string): TemporalCache {
  const folder = path.join(cacheFolder, 'temporal', TEMPORAL_CLI_VERSION);
  return {
    built: path.join(folder, 'temporal'),
    workshop: path.join(folder, 'workshop'),
    downloads: path.join(cacheFolder, 'temporal', 'downloads'),
  };
}

/** Where the cache has which files. */
export interface TemporalCache {
  /** The program that was built here; complete whenever it exists. */
  built: string;
  /** Where it is being made. */
  workshop: string;
  /** The folder of the SDK's downloads. */
  downloads: string;
}
