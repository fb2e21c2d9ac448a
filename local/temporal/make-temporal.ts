import { startSupervisor, SupervisorInUseError, waitUntil, type Supervisor } from '../supervisor';
import { buildTemporal } from './build-temporal';
import { downloadTemporal } from './download-temporal';
import { cachedTemporal } from './temporal-cache';
import { type MakeTemporalOptions, type Workshop } from './workshop';

/** A Temporal server in the cache, or why there is none. */
export type MadeTemporal = { path: string; source: 'download' | 'build' } | { reasons: string[] };

/** Longer than the slowest build. */
const TURN_LIMIT_MS = 45 * 60_000;

/**
 * Downloads a Temporal server, or else builds one. One process at a time does so for one cache; the others wait for it and
 * find its work done.
 */
export async function makeTemporal(options: MakeTemporalOptions): Promise<MadeTemporal> {
  const supervisor = await enterWorkshop(options);
  try {
    const workshop = { ...options, supervisor };
    return (await cachedTemporal(options.cache)) ?? (await downloadOrBuild(workshop));
  } finally {
    await supervisor.close();
  }
}

async function downloadOrBuild(workshop: Workshop): Promise<MadeTemporal> {
  const noDownload = await downloadTemporal(workshop);
  const noBuild = noDownload === undefined ? undefined : await buildTemporal(workshop);
  const made = await cachedTemporal(workshop.cache);
  const reasons = [`download: ${noDownload ?? 'it does not run here'}`, `build: ${noBuild ?? 'it does not run here'}`];
  return made ?? { reasons };
}

async function enterWorkshop({ cache, onProgress }: MakeTemporalOptions): Promise<Supervisor> {
  let supervisor: Supervisor | undefined;
  let occupant: SupervisorInUseError | undefined;
  await waitUntil(
    async () => {
      supervisor = await startSupervisor({ folder: cache.workshop }).catch((error: unknown) => {
        if (!(error instanceof SupervisorInUseError)) throw error;
        if (occupant === undefined) onProgress(`waiting for process ${error.pid}, which is getting a Temporal server`);
        occupant = error;
        return undefined;
      });
      return supervisor !== undefined;
    },
    { limitMs: TURN_LIMIT_MS, everyMs: 500 },
  );
  if (supervisor === undefined) throw occupant ?? new Error('no turn in the workshop');
  return supervisor;
}
