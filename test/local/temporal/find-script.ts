/** Looks for a Temporal server in the cache folder that is its one argument, and prints where it is. */
import { findTemporal } from '../../../local/temporal';

findTemporal({ env: process.env, cacheFolder: process.argv[2] ?? '', onProgress: () => undefined }).then(
  (found) => {
    console.log(found.path);
  },
  (error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  },
);
