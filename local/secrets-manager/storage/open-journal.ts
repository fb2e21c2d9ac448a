import { mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Secret } from '../service/secret';
import { compactNow } from './compaction';
import { loadEncryptionKey } from './encryption-key';
import { lockFolder } from './folder-lock';
import { JournalFile } from './journal-file';
import { readJournal } from './read-journal';
import { applyRecord } from './secret-record';

/** A folder whose journal has been read and can be written. */
export interface OpenJournal {
  readonly path: string;
  readonly key: Buffer;
  readonly file: JournalFile;
  readonly secrets: Map<string, Secret>;
  readonly unlock: () => Promise<void>;
}

/** Which folder, and which key if not the one in it. */
export interface JournalPlace {
  readonly folder: string;
  readonly encryptionKey?: string | undefined;
}

/**
 * Takes a folder, reads its journal and compacts it.
 *
 * @throws StorageError, among them JournalDamagedError.
 */
export async function openJournal({ folder, encryptionKey }: JournalPlace): Promise<OpenJournal> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const unlock = await lockFolder(folder);
  try {
    const path = join(folder, 'journal');
    await rm(`${path}.new`, { force: true });
    const mayCreate = !(await exists(path));
    const key = await loadEncryptionKey({ folder, encryptionKey, mayCreate });
    const secrets = new Map<string, Secret>();
    const file = await load({ path, key }, secrets);
    return { path, key, file, secrets, unlock };
  } catch (error) {
    await unlock();
    throw error;
  }
}

async function load({ path, key }: { path: string; key: Buffer }, secrets: Map<string, Secret>): Promise<JournalFile> {
  const end = await readJournal({
    file: path,
    key,
    onRecord: (record) => {
      applyRecord(secrets, record);
    },
  });
  if (end?.sequence === secrets.size) return JournalFile.open(path, { key, end });
  return compactNow({ path, key, secrets: [...secrets.values()] });
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}
