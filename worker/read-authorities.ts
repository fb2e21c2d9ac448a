import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { WorkerStartError } from './errors';

const certificates = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

/**
 * The certificate authorities in a file, as PEM. What is not a certificate, such as a comment, is left out.
 *
 * @throws WorkerStartError for a file that cannot be read, or holds no certificate, or one that cannot be understood.
 */
export function readAuthorities(file: string): string {
  const found = textOf(file).match(certificates) ?? [];
  if (found.length === 0) throw wrong(file, 'holds no certificate in PEM');
  for (const [at, certificate] of found.entries()) {
    if (!isUnderstood(certificate)) throw wrong(file, `has a certificate, number ${at + 1}, that cannot be understood`);
  }
  return `${found.join('\n')}\n`;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (err) {
    const code = err instanceof Error && 'code' in err ? String(err.code) : 'unknown';
    throw wrong(file, `cannot be read (${code})`);
  }
}

function isUnderstood(certificate: string): boolean {
  try {
    return new X509Certificate(certificate).raw.length > 0;
  } catch {
    return false;
  }
}

function wrong(file: string, what: string): WorkerStartError {
  return new WorkerStartError(
    `The file "${file}" that ROTOR_CA_FILE names ${what}. Name a PEM file of certificate authorities, or unset it.`,
  );
}
