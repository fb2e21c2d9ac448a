import { existsSync, realpathSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

const NOTE = 'home';

/** A home that is not where it was may have been moved: as long as this, its data waits for it to be started there. */
const PATIENCE_MS = 7 * 24 * 3_600_000;

/** Makes a place for data of a folder that lies elsewhere, or notes that the place is in use, and by which folder. */
export async function claimPlace(place: string, folder: string): Promise<void> {
  await mkdir(place, { recursive: true, mode: 0o711 });
  await writeFile(path.join(place, NOTE), folder, { mode: 0o600 });
}

/** Removes the places whose folder is gone for good: from the temporary folder, or for a week. */
export async function removeForgottenPlaces(shared: string): Promise<void> {
  for (const name of await readdir(shared).catch(() => [])) {
    const place = path.join(shared, name);
    if (await isForgotten(place)) await rm(place, { recursive: true, force: true });
  }
}

async function isForgotten(place: string): Promise<boolean> {
  const note = path.join(place, NOTE);
  const folder = await readFile(note, 'utf8').catch(() => undefined);
  if (folder === undefined || existsSync(folder)) return false;
  if (folder.startsWith(realpathSync(tmpdir()) + path.sep)) return true;
  return Date.now() - (await stat(note)).mtimeMs > PATIENCE_MS;
}
