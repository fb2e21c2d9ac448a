import { createHash } from 'node:crypto';

/** A value that must not be found, and what to call it where it is: never by the value itself. */
export interface Canary {
  readonly name: string;
  readonly value: string;
}

type Encode = (value: string) => readonly (string | Buffer)[];

const encodings: Readonly<Record<string, Encode>> = {
  raw: (value) => [value],
  base64: (value) => base64Parts(Buffer.from(value)),
  'base64 twice': (value) => base64Parts(Buffer.from(Buffer.from(value).toString('base64'))),
  hex: (value) => [Buffer.from(value).toString('hex'), Buffer.from(value).toString('hex').toUpperCase()],
  'URL-escaped': (value) => [encodeURIComponent(value), new URLSearchParams({ v: value }).toString().slice(2)],
  'JSON-escaped': (value) => [JSON.stringify(value).slice(1, -1), JSON.stringify(JSON.stringify(value)).slice(3, -3)],
  'SQL-escaped': (value) => [value.replaceAll("'", "''")],
  'UTF-16': (value) => [Buffer.from(value, 'utf16le')],
  reversed: (value) => [Array.from(value).reverse().join('')],
  sha256: (value) => [createHash('sha256').update(value).digest('hex')],
};

/**
 * Where values show in a text or in bytes, in the forms in which programs write them: `old password, base64`. The finding
 * does not repeat the value.
 */
export function findLeaks(content: string | Buffer, canaries: readonly Canary[]): string[] {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  return canaries.flatMap(({ name, value }) =>
    Object.entries(encodings).flatMap(([encoding, encode]) =>
      encode(value).some((form) => bytes.includes(form)) ? [`${name}, ${encoding}`] : [],
    ),
  );
}

/** What base64 makes of bytes inside of others: its letters depend on where, counted by threes, the bytes begin. */
function base64Parts(bytes: Buffer): string[] {
  return [0, 1, 2].flatMap((shift) => {
    const encoded = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64');
    const part = encoded.slice(Math.ceil((shift * 4) / 3), Math.floor(((shift + bytes.length) * 4) / 3));
    return [part, part.replaceAll('+', '-').replaceAll('/', '_')];
  });
}
