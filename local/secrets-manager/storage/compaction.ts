import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Secret } from '../service/secret';
import { JournalFile } from './journal-file';
import { changeRecord } from './secret-record';

/** A shorter journal in the making, beside the one in use. */
export interface Compaction {
  /** Whether the snapshot is written, or has failed. */
  readonly isReady: boolean;
  /** Texts that went into the journal in use since the snapshot was taken. */
  alsoKeep(texts: readonly string[]): void;
  /** Puts the new journal in the old one's place; undefined where that failed and the old one stays. */
  finish(): Promise<JournalFile | undefined>;
  /** Gives up; the old journal stays. */
  abandon(): Promise<void>;
}

/** What a compaction starts from. */
export interface CompactionStart {
  readonly path: string;
  readonly key: Buffer;
  /** Taken at one moment; secrets never change, so they can be written little by little. */
  readonly secrets: readonly Secret[];
}

/** So many secrets are written between two turns of the event loop. */
const chunk = 16;

/** Starts writing a snapshot beside a journal. Requests are served meanwhile. */
export function startCompaction(start: CompactionStart): Compaction {
  const tail: string[] = [];
  const state = { isReady: false, isAbandoned: false };
  const written = writeSnapshot(start, () => state.isAbandoned)
    .catch(() => undefined)
    .finally(() => {
      state.isReady = true;
    });
  return {
    get isReady() {
      return state.isReady;
    },
    alsoKeep: (texts) => tail.push(...texts),
    finish: async () => {
      const file = await written;
      return file === undefined ? undefined : replace(file, { path: start.path, tail });
    },
    abandon: async () => {
      state.isAbandoned = true;
      await discard(await written, start.path);
    },
  };
}

/** Writes a compact journal and puts it in place at once. */
export async function compactNow(start: CompactionStart): Promise<JournalFile> {
  const file = await writeSnapshot(start, () => false);
  await putInPlace(file, start.path);
  return file;
}

async function writeSnapshot(
  { path, key, secrets }: CompactionStart,
  isAbandoned: () => boolean,
): Promise<JournalFile> {
  const file = await JournalFile.create(newPath(path), key);
  for (let next = 0; next < secrets.length && !isAbandoned(); next += chunk) {
    await file.append(
      secrets.slice(next, next + chunk).map((secret) => JSON.stringify(changeRecord(undefined, secret))),
    );
  }
  return file;
}

async function replace(
  file: JournalFile,
  { path, tail }: { path: string; tail: readonly string[] },
): Promise<JournalFile | undefined> {
  try {
    if (tail.length > 0) await file.append(tail);
    await putInPlace(file, path);
    return file;
  } catch {
    await discard(file, path);
    return undefined;
  }
}

async function putInPlace(file: JournalFile, path: string): Promise<void> {
  await file.flush();
  await rename(newPath(path), path);
  await syncFolder(dirname(path));
}

async function discard(file: JournalFile | undefined, path: string): Promise<void> {
  await file?.close();
  await rm(newPath(path), { force: true });
}

/** A rename outlives a crash only once its folder was flushed. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function newPath(path: string): string {
  return `${path}.new`;
}
