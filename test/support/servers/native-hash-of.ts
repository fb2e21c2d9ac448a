import { createHash } from 'node:crypto';

const sha1 = (bytes: string | Buffer): Buffer => createHash('sha1').update(bytes).digest();

/** What MariaDB keeps of a password, computed apart from the engine's own code. */
export function nativeHashOf(password: string): string {
  return `*${sha1(sha1(password)).toString('hex').toUpperCase()}`;
}
