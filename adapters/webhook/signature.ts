import { createHmac } from 'node:crypto';
import { type Sensitive } from '../../rotation/sensitive';

/** The header that {@link signatureOf} is sent in: a contract. */
export const signatureHeader = 'Rotor-Signature';

/**
 * `t=<Unix seconds>,v1=<HMAC-SHA-256 of "<t>.<body>" in hex>`, with one more `v1` for each further key.
 *
 * The time is part of what is signed, so that what was recorded on the way is of no use later.
 */
export function signatureOf({ body, at, keys }: { body: string; at: Date; keys: readonly Sensitive[] }): string {
  const seconds = Math.floor(at.getTime() / 1_000);
  const signed = `${seconds}.${body}`;
  const signatures = keys.map((key) => `v1=${createHmac('sha256', key.reveal()).update(signed).digest('hex')}`);
  return [`t=${seconds}`, ...signatures].join(',');
}
