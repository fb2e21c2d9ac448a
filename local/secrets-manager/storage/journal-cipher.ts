import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';

const algorithm = 'aes-256-gcm';
const nonceLength = 12;
const tagLength = 16;

/** A record's place: in which journal, and as the how-manieth. */
export interface RecordPlace {
  readonly journalId: string;
  readonly sequence: number;
}

/**
 * Seals text for its place in a journal, as one line of base64 without its end.
 *
 * The place is authenticated too: a line that was moved, dropped or repeated does not open.
 */
export function seal(key: Buffer, { text, place }: { text: string; place: RecordPlace }): string {
  const nonce = randomBytes(nonceLength);
  const cipher = createCipheriv(algorithm, key, nonce).setAAD(placeBytes(place));
  const sealed = [nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()];
  return Buffer.concat(sealed).toString('base64');
}

/**
 * Opens what {@link seal} made.
 *
 * @throws Error when the line is not what was sealed for this place.
 */
export function unseal(key: Buffer, { line, place }: { line: string; place: RecordPlace }): string {
  const sealed = Buffer.from(line, 'base64');
  const nonce = sealed.subarray(0, nonceLength);
  const decipher = createDecipheriv(algorithm, key, nonce, { authTagLength: tagLength }).setAAD(placeBytes(place));
  decipher.setAuthTag(sealed.subarray(-tagLength));
  const text = decipher.update(sealed.subarray(nonceLength, -tagLength), undefined, 'utf8');
  return text + decipher.final('utf8');
}

/** Tells one key from another without telling the key. */
export function keyCheck(key: Buffer, journalId: string): string {
  return createHmac('sha256', key).update(`key check ${journalId}`).digest('base64url');
}

function placeBytes({ journalId, sequence }: RecordPlace): Buffer {
  return Buffer.from(`${journalId} ${sequence}`);
}
