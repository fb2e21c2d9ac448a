import { createHash } from 'node:crypto';
import { type Sensitive } from '../../rotation/sensitive';

/** What `mysql_native_password` stores for a password: unsalted, so the same one always gives the same text. */
export function nativeHash(password: Sensitive): string {
  return `*${sha1(sha1(Buffer.from(password.reveal())))
    .toString('hex')
    .toUpperCase()}`;
}

/** Whether the server would take the text for what `mysql_native_password` stores. */
export function isNativeHash(text: string): boolean {
  return /^\*[0-9A-F]{40}$/.test(text);
}

function sha1(bytes: Buffer): Buffer {
  return createHash('sha1').update(bytes).digest();
}
