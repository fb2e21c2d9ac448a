import { randomBytes } from 'node:crypto';
import { chmod, open, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { StorageError } from './storage-error';

const keyLength = 32;

/** Where a key comes from. */
export interface KeySource {
  readonly folder: string;
  /** 32 bytes in base64; then there is no key file. */
  readonly encryptionKey?: string | undefined;
  /** A key file is made only for an empty folder. */
  readonly mayCreate: boolean;
}

/**
 * The key that the journal is encrypted with: the given one, or that of the file `key` in the folder.
 *
 * @throws StorageError when the key is malformed, the file is missing or others may read it.
 */
export async function loadEncryptionKey({ folder, encryptionKey, mayCreate }: KeySource): Promise<Buffer> {
  if (encryptionKey !== undefined) return decodeKey(encryptionKey, 'The encryption key');
  const file = join(folder, 'key');
  if (mayCreate) await createKeyFile(file);
  await checkMode(file);
  return decodeKey(await readFile(file, 'utf8'), `The key file ${file}`);
}

function decodeKey(text: string, source: string): Buffer {
  const key = Buffer.from(text.trim(), 'base64');
  if (key.length !== keyLength) throw new StorageError(`${source} must hold ${keyLength} bytes in base64.`);
  return key;
}

async function createKeyFile(file: string): Promise<void> {
  try {
    const handle = await open(file, 'wx', 0o600);
    await handle.writeFile(`${randomBytes(keyLength).toString('base64')}\n`);
    await handle.sync();
    await handle.close();
    await chmod(file, 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

async function checkMode(file: string): Promise<void> {
  const found = await stat(file).catch(() => undefined);
  if (found === undefined)
    throw new StorageError(`The key file ${file} is missing; without it the journal cannot be read.`);
  const mode = found.mode & 0o777;
  if ((mode & 0o077) !== 0) {
    throw new StorageError(
      `The key file ${file} has mode 0${mode.toString(8)}; it must be 0600, so that nobody else can read it.`,
    );
  }
}
