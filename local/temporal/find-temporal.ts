import path from 'node:path';
import { TemporalNotFoundError, TemporalNotUsableError } from './errors';
import { whyNotTemporal } from './probe-temporal';
import { defaultCacheFolder, temporalCache } from './temporal-cache';

/** Where to look for a Temporal server. */
export interface FindTemporalOptions {
  /** The environment of the command: `TEMPORAL_CLI_PATH`, `PATH` and `XDG_CACHE_HOME` count. */
  env: Readonly<Record<string, string | undefined>>;
  /** Where downloads and builds are kept. @defaultValue `~/.cache/rotor` */
  cacheFolder?: string;
  /** Is told, one line at a time, what takes long. */
  onProgress: (line: string) => void;
}

/** A Temporal command line with a server in it. */
export interface FoundTemporal {
  /** The program. */
  path: string;
  /** Where it comes from. */
  source: 'TEMPORAL_CLI_PATH' | 'PATH' | 'download' | 'build';
}

/**
 * Finds a Temporal server to start, or makes one: the program in `TEMPORAL_CLI_PATH`, `temporal` on the `PATH`, the SDK's
 * download, a build with Go. A download or a build of an earlier time is used again.
 *
 * `TEMPORAL_ADDRESS` is the caller's business: whoever has a running server does not come here.
 *
 * @throws {@link TemporalNotUsableError} when `TEMPORAL_CLI_PATH` is set and is not a Temporal server
 * @throws {@link TemporalNotFoundError} when there is none and none can be made
 */
export async function findTemporal({ env, cacheFolder, onProgress }: FindTemporalOptions): Promise<FoundTemporal> {
  const named = env.TEMPORAL_CLI_PATH;
  if (named !== undefined && named !== '') return assertUsable(named);
  const cache = temporalCache(cacheFolder ?? defaultCacheFolder(env));
  onProgress;
  for (const candidate of onPath(env.PATH))
    if ((await whyNotTemporal(candidate)) === undefined) return { path: candidate, source: 'PATH' };
  if ((await whyNotTemporal(cache.built)) === undefined) return { path: cache.built, source: 'build' };
  throw new TemporalNotFoundError([]);
}

async function assertUsable(executable: string): Promise<FoundTemporal> {
  const reason = await whyNotTemporal(executable);
  if (reason !== undefined) throw new TemporalNotUsableError(executable, reason);
  return { path: executable, source: 'TEMPORAL_CLI_PATH' };
}

function onPath(searchPath = ''): string[] {
  return searchPath
    .split(path.delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => path.join(folder, 'temporal'));
}
