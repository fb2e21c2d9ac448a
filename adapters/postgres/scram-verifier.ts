import { createHash, createHmac, pbkdf2, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { type Sensitive } from '../../rotation/sensitive';
import { saslprep } from './saslprep';

const derive = promisify(pbkdf2);
const keyBytes = 32;
const saltBytes = 16;

/** What PostgreSQL itself uses unless it is told otherwise, and the least that RFC 7677 allows. */
export const leastIterations = 4096;

/** The most that Rotor computes or answers: a server cannot make it work for minutes. */
export const mostIterations = 1_000_000;

const verifierPattern = /^SCRAM-SHA-256\$[1-9][0-9]{3,6}:[A-Za-z0-9+/]{22}==\$[A-Za-z0-9+/]{43}=:[A-Za-z0-9+/]{43}=$/;

/** What to compute a verifier from. */
export interface VerifierInput {
  /** One that {@link saslprep} knows, without NUL, not empty. */
  readonly password: Sensitive;
  readonly iterations: number;
  /** 16 bytes. Absent: random ones. */
  readonly salt?: Buffer;
}

/**
 * The SCRAM-SHA-256 verifier of a password, in the form that PostgreSQL stores (RFC 5802, RFC 7677).
 *
 * It lets a server check the password without knowing it. The work is done outside the event loop.
 *
 * @throws TypeError for a password that not every program would compute the same verifier of.
 */
export async function scramVerifier({
  password,
  iterations,
  salt = randomBytes(saltBytes),
}: VerifierInput): Promise<string> {
  const prepared = saslprep(password.reveal());
  if (prepared === undefined) throw new TypeError('A password that programs differ about has no verifier.');
  const salted = await derive(prepared, salt, iterations, keyBytes, 'sha256');
  const storedKey = createHash('sha256').update(hmac(salted, 'Client Key')).digest('base64');
  const serverKey = hmac(salted, 'Server Key').toString('base64');
  return `SCRAM-SHA-256$${iterations}:${salt.toString('base64')}$${storedKey}:${serverKey}`;
}

/**
 * Whether PostgreSQL would read the text as a verifier. What it does not read as one it takes, without a word, as the
 * password itself: such a text must never be sent.
 */
export function isScramVerifier(text: string): boolean {
  return verifierPattern.test(text);
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
