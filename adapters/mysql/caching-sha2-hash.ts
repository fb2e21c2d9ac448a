import { createHash, randomBytes } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Sensitive } from '../../rotation/sensitive';

const saltBytes = 20;
const digestBytes = 32;
const alphabet = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** The digest's bytes in the order in which SHA-crypt writes them, three to four characters. */
const written = [
  [0, 10, 20],
  [21, 1, 11],
  [12, 22, 2],
  [3, 13, 23],
  [24, 4, 14],
  [15, 25, 5],
  [6, 16, 26],
  [27, 7, 17],
  [18, 28, 8],
  [9, 19, 29],
] as const;

/** Rounds without letting others have the event loop: well below a millisecond. */
const roundsPerTurn = 200;

/** What MySQL itself used before 9.x, and the least that it accepts. */
export const leastRounds = 5_000;

/** The most that Rotor computes: a server cannot make it work for minutes. */
export const mostRounds = 100_000;

const hashPattern = /^\$A\$[0-9A-F]{3}\$[\x01-\x23\x25-\x7f]{20}[./0-9A-Za-z]{43}$/;

/** What to compute a hash from. */
export interface CachingSha2Input {
  /** Not empty, without NUL. */
  readonly password: Sensitive;
  /** A multiple of 1000. */
  readonly rounds: number;
  /** 20 bytes below 128, neither NUL nor `$`. Absent: random ones. */
  readonly salt?: Buffer;
}

/**
 * What `caching_sha2_password` stores for a password: SHA-256-crypt with a salt of 20 bytes.
 *
 * Thousands of rounds build on each other, which no call of Node's does by itself: they are done in slices, between
 * which the event loop is free. Of several hashes one is computed after the other, so that a turn of the loop has one
 * slice, however many are asked for.
 */
export async function cachingSha2Hash({ password, rounds, salt = randomSalt() }: CachingSha2Input): Promise<string> {
  const key = Buffer.from(password.reveal());
  const digest = await inTurn(() => stretch({ first: firstDigest(key, salt), key, salt, rounds }));
  const thousands = (rounds / 1_000).toString(16).toUpperCase().padStart(3, '0');
  return `$A$${thousands}$${salt.toString('latin1')}${write(digest)}`;
}

/** Whether MySQL would take the text for what `caching_sha2_password` stores. */
export function isCachingSha2Hash(text: string): boolean {
  return hashPattern.test(text);
}

/** Whether a text that `caching_sha2_password` stores is of this password. One of too many rounds is not tried. */
export async function isCachingSha2HashOf(text: string, password: Sensitive): Promise<boolean> {
  if (!isCachingSha2Hash(text)) return false;
  const rounds = parseInt(text.slice(3, 6), 16) * 1_000;
  if (rounds > mostRounds) return false;
  return (await cachingSha2Hash({ password, rounds, salt: Buffer.from(text.slice(7, 27), 'latin1') })) === text;
}

function randomSalt(): Buffer {
  return Buffer.from(Array.from(randomBytes(saltBytes), (byte) => alphabet.charCodeAt(byte % alphabet.length)));
}

function firstDigest(key: Buffer, salt: Buffer): Buffer {
  const alternate = sha256(key, salt, key);
  const parts = [key, salt, repeat(alternate, key.length)];
  for (let bits = key.length; bits > 0; bits >>= 1) parts.push((bits & 1) === 1 ? alternate : key);
  return sha256(...parts);
}

interface Stretching {
  readonly first: Buffer;
  readonly key: Buffer;
  readonly salt: Buffer;
  readonly rounds: number;
}

let last: Promise<unknown> = Promise.resolve();

function inTurn<Answer>(compute: () => Promise<Answer>): Promise<Answer> {
  const computed = last.then(compute);
  last = computed.catch(() => undefined);
  return computed;
}

async function stretch({ first, key, salt, rounds }: Stretching): Promise<Buffer> {
  const keyPart = repeat(sha256(...Array.from({ length: key.length }, () => key)), key.length);
  const saltPart = repeat(sha256(...Array.from({ length: 16 + first.readUInt8() }, () => salt)), salt.length);
  let digest = first;
  for (let round = 0; round < rounds; round++) {
    if (round % roundsPerTurn === 0) await nextTurn();
    digest = sha256(...roundParts({ round, digest, keyPart, saltPart }));
  }
  return digest;
}

interface Round {
  readonly round: number;
  readonly digest: Buffer;
  readonly keyPart: Buffer;
  readonly saltPart: Buffer;
}

function roundParts({ round, digest, keyPart, saltPart }: Round): Buffer[] {
  const isOdd = round % 2 === 1;
  const parts = [isOdd ? keyPart : digest];
  if (round % 3 !== 0) parts.push(saltPart);
  if (round % 7 !== 0) parts.push(keyPart);
  parts.push(isOdd ? digest : keyPart);
  return parts;
}

function sha256(...parts: readonly Buffer[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}

function repeat(bytes: Buffer, length: number): Buffer {
  return Buffer.alloc(length, bytes);
}

function write(digest: Buffer): string {
  const groups = written.map((places) =>
    characters(
      places.map((place) => digest.readUInt8(place)),
      4,
    ),
  );
  return groups.join('') + characters([0, digest.readUInt8(digestBytes - 1), digest.readUInt8(digestBytes - 2)], 3);
}

function characters(bytes: readonly number[], count: number): string {
  let value = bytes.reduce((sum, byte) => sum * 256 + byte, 0);
  let text = '';
  for (let index = 0; index < count; index++, value >>= 6) text += alphabet.charAt(value & 0x3f);
  return text;
}
