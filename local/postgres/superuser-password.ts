import { randomBytes } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from '../supervisor';

/** The password of the superuser as an earlier start has left it in this folder; undefined when there is none. */
export async function readSuperuserPassword(folder: string): Promise<string | undefined> {
  try {
    return (await readFile(passwordFile(folder), 'utf8')).trim();
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Makes a new random password and keeps it in this folder, in a file that only its owner may read. */
export async function createSuperuserPassword(folder: string): Promise<string> {
  const password = randomBytes(24).toString('base64url');
  const draft = `${passwordFile(folder)}.draft`;
  await writeFile(draft, `${password}\n`, { mode: 0o600 });
  await rename(draft, passwordFile(folder));
  return password;
}

function passwordFile(folder: string): string {
  return path.join(folder, 'superuser-password');
}
