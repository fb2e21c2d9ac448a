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

interface Form {
  readonly finding: string;
  readonly bytes: Buffer;
}

/** Forms are told apart by six bits of each of their first three bytes, which texts differ in, before they are compared. */
const starts = 0x40000;

/**
 * Where values show in a text or in bytes, in the forms in which programs write them: `old password, base64`. The finding
 * does not repeat the value. Reads the content once, however many values there are; none may be shorter than four bytes.
 */
export function findLeaks(content: string | Buffer, canaries: readonly Canary[]): string[] {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  const forms = canaries.flatMap(formsOf);
  const found = findForms(bytes, forms);
  return [...new Set(forms.map(({ finding }) => finding))].filter((finding) => found.has(finding));
}

function formsOf({ name, value }: Canary): Form[] {
  return Object.entries(encodings).flatMap(([encoding, encode]) =>
    encode(value).map((form) => ({ finding: `${name}, ${encoding}`, bytes: Buffer.from(form) })),
  );
}

function findForms(content: Buffer, forms: readonly Form[]): ReadonlySet<string> {
  const byStart = new Map<number, Form[]>();
  for (const form of forms) {
    const start = form.bytes.subarray(0, 3).reduce(nextStart, 0);
    byStart.set(start, [...(byStart.get(start) ?? []), form]);
  }
  const found = new Set<string>();
  eachStart({ content, wanted: byStart }, ({ at, start }) => {
    const isHere = ({ bytes }: Form): boolean => content.subarray(at, at + bytes.length).equals(bytes);
    for (const form of byStart.get(start) ?? []) if (isHere(form)) found.add(form.finding);
  });
  return found;
}

/** Where forms may begin. To most bytes this is all that happens, so it does nothing else. */
function eachStart(
  { content, wanted }: { content: Buffer; wanted: ReadonlyMap<number, unknown> },
  visit: (place: { at: number; start: number }) => void,
): void {
  const isWanted = new Uint8Array(starts);
  for (const start of wanted.keys()) isWanted[start] = 1;
  let start = 0;
  for (let end = 0; end < content.length; end += 1) {
    start = nextStart(start, content[end] ?? 0);
    if (isWanted[start] === 1 && end >= 2) visit({ at: end - 2, start });
  }
}

function nextStart(start: number, byte: number): number {
  return ((start << 6) | (byte & 0x3f)) & (starts - 1);
}

/** What base64 makes of bytes inside of others: its letters depend on where, counted by threes, the bytes begin. */
function base64Parts(bytes: Buffer): string[] {
  return [0, 1, 2].flatMap((shift) => {
    const encoded = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64');
    const part = encoded.slice(Math.ceil((shift * 4) / 3), Math.floor(((shift + bytes.length) * 4) / 3));
    return [part, part.replaceAll('+', '-').replaceAll('/', '_')];
  });
}
