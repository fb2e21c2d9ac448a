import { access, constants } from 'node:fs/promises';
import path from 'node:path';
import { TemporalNotFoundError, TemporalNotUsableError } from './errors';
import { makeTemporal } from './make-temporal';
import { whyNotTemporal } from './probe-temporal';
import { cachedTemporal, defaultCacheFolder, temporalCache } from './temporal-cache';

/** Where to look for a Temporal server. */
export interface FindTemporalOptions {
  /** The environment of the command: `TEMPORAL_CLI_PATH`, `PATH`, `XDG_CACHE_HOME` and what Go goes by count. */
  env: Readonly<Record<string, string | undefined>>;
  /** Where downloads and builds are kept. @defaultValue `rotor` below `XDG_CACHE_HOME` or `~/.cache` */
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
 * download, a build with Go. A download or a build of an earlier time is used again. Safe to call from several processes
 * at once: one of them makes it, and the others wait.
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
  const onPath = await searchPath(env.PATH);
  if (typeof onPath !== 'string') return onPath;
  const made = (await cachedTemporal(cache)) ?? (await makeTemporal({ cache, env, onProgress }));
  if ('path' in made) return made;
  throw new TemporalNotFoundError([onPath, ...made.reasons]);
}

async function assertUsable(executable: string): Promise<FoundTemporal> {
  const reason = await whyNotTemporal(executable);
  if (reason !== undefined) throw new TemporalNotUsableError(executable, reason);
  return { path: executable, source: 'TEMPORAL_CLI_PATH' };
}

/** The answer is the program, or in words why there is none. */
async function searchPath(folders = ''): Promise<FoundTemporal | string> {
  const reasons: string[] = [];
  for (const folder of folders.split(path.delimiter).filter((entry) => path.isAbsolute(entry))) {
    const candidate = path.join(folder, 'temporal');
    if (!(await isExecutable(candidate))) continue;
    const reason = await whyNotTemporal(candidate);
    if (reason === undefined) return { path: candidate, source: 'PATH' };
    reasons.push(`${candidate}: ${reason}`);
  }
  return reasons.length === 0 ? 'PATH: no temporal on it' : reasons.join('; ');
}

function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}
