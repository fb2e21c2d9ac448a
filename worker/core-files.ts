import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/**
 * Keeps the memory of this process out of core files: passwords are in it while a step runs. Linux lets a process say so
 * for itself, and heeds it whatever the limits are and whoever collects cores. Safe to repeat.
 *
 * Returns what to tell an operator where it cannot be said and a core may be left; undefined otherwise, and where the
 * system does not tell.
 */
export function keepMemoryOutOfCores(self = '/proc/self'): string | undefined {
  try {
    writeFileSync(path.join(self, 'coredump_filter'), '0', { flag: 'r+' });
    return undefined;
  } catch {
    const limit = coreLimit(path.join(self, 'limits'));
    if (limit === undefined || limit === '0') return undefined;
    return (
      'Where this worker crashes, it may leave a core file, with the passwords that it worked with. Start it with ' +
      '`ulimit -c 0`, or LimitCORE=0 in a systemd unit.'
    );
  }
}

/** The soft limit, which is the one that counts: a number of bytes, or `unlimited`. */
function coreLimit(file: string): string | undefined {
  try {
    return /^Max core file size +(\S+)/m.exec(readFileSync(file, 'utf8'))?.[1];
  } catch {
    return undefined;
  }
}
