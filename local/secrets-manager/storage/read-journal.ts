import { open } from 'node:fs/promises';
import { keyCheck, unseal } from './journal-cipher';
import { type JournalEnd, type JournalHeader } from './journal-file';
import { type SecretRecord } from './secret-record';
import { JournalDamagedError, StorageError } from './storage-error';

const chunkLength = 1024 * 1024;
const newline = 0x0a;

interface Line {
  readonly text: string;
  readonly offset: number;
}

/** What reading needs. */
export interface JournalToRead {
  readonly file: string;
  readonly key: Buffer;
  /** Given every record, in order. */
  readonly onRecord: (record: SecretRecord) => void;
}

/**
 * Reads a journal up to its last whole record, and tells where that ends.
 *
 * A record without its line end was being written when the process died; nobody was told that it was kept. Any other
 * record that does not open is damage.
 *
 * @returns undefined where there is no journal, or not even its first line.
 * @throws JournalDamagedError, or StorageError when the key is another one.
 */
export async function readJournal({ file, key, onRecord }: JournalToRead): Promise<JournalEnd | undefined> {
  let end: JournalEnd | undefined;
  for await (const { text, offset } of wholeLines(file)) {
    const after = offset + Buffer.byteLength(text, 'latin1') + 1;
    if (end === undefined) {
      end = { journalId: checkHeader(text, { file, key }), length: after, sequence: 0 };
      continue;
    }
    onRecord(openRecord(text, { file, key, offset, end }));
    end = { ...end, length: after, sequence: end.sequence + 1 };
  }
  return end;
}

function checkHeader(text: string, { file, key }: { file: string; key: Buffer }): string {
  const header = parseHeader(text);
  if (header?.format !== 'rotor-secrets-manager') throw new JournalDamagedError(file, 0);
  if (header.keyCheck !== keyCheck(key, header.journalId)) {
    throw new StorageError(`The journal ${file} was written with another encryption key.`);
  }
  return header.journalId;
}

function parseHeader(text: string): JournalHeader | undefined {
  try {
    return JSON.parse(text) as JournalHeader;
  } catch {
    return undefined;
  }
}

function openRecord(
  line: string,
  { file, key, offset, end }: { file: string; key: Buffer; offset: number; end: JournalEnd },
): SecretRecord {
  try {
    // An authentic record is one that this program wrote.
    return JSON.parse(unseal(key, { line, place: end })) as SecretRecord;
  } catch {
    throw new JournalDamagedError(file, offset);
  }
}

/** The lines that have their end, read in chunks so that a large journal is never in memory as a whole. */
async function* wholeLines(file: string): AsyncGenerator<Line> {
  const handle = await open(file, 'r').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  });
  if (handle === undefined) return;
  try {
    let rest: Buffer = Buffer.alloc(0);
    let offset = 0;
    for (;;) {
      const chunk = Buffer.allocUnsafe(chunkLength);
      const { bytesRead } = await handle.read(chunk, 0, chunkLength, offset + rest.length);
      if (bytesRead === 0) return;
      rest = Buffer.concat([rest, chunk.subarray(0, bytesRead)]);
      let start = 0;
      for (let end = rest.indexOf(newline); end !== -1; end = rest.indexOf(newline, start)) {
        yield { text: rest.toString('latin1', start, end), offset: offset + start };
        start = end + 1;
      }
      rest = rest.subarray(start);
      offset += start;
    }
  } finally {
    await handle.close();
  }
}
