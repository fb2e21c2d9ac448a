import { randomUUID } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { keyCheck, seal } from './journal-cipher';

/** The first line of a journal, the only one in clear. */
export interface JournalHeader {
  readonly format: 'rotor-secrets-manager';
  readonly version: 1;
  readonly journalId: string;
  readonly keyCheck: string;
}

/** How far a journal goes. */
export interface JournalEnd {
  readonly journalId: string;
  readonly length: number;
  readonly sequence: number;
}

/** A file of records that one writer appends to. */
export interface RecordFile {
  /** Bytes written so far. */
  readonly length: number;
  /** Writes records behind the last one. They outlive a crash only after {@link RecordFile.flush}. */
  append(texts: readonly string[]): Promise<void>;
  /** Waits until everything written outlives a crash. */
  flush(): Promise<void>;
  /** The present end, for {@link RecordFile.cutBack}. */
  mark(): JournalEnd;
  /** Takes back everything written since a mark; where that fails now, it is done before the next record is written. */
  cutBack(mark: JournalEnd): Promise<void>;
  /** Lets go of the file. */
  close(): Promise<void>;
}

/**
 * A journal that is open for appending: a header line, then one sealed record per line.
 *
 * Used by one writer at a time.
 */
export class JournalFile implements RecordFile {
  readonly #handle: FileHandle;
  readonly #key: Buffer;
  #end: JournalEnd;
  /** Whether something may lie behind the end. */
  #isDirty = false;

  private constructor({ handle, key, end }: { handle: FileHandle; key: Buffer; end: JournalEnd }) {
    this.#handle = handle;
    this.#key = key;
    this.#end = end;
  }

  /** Makes an empty journal, replacing whatever the file held. */
  static async create(file: string, key: Buffer): Promise<JournalFile> {
    const journalId = randomUUID();
    const header: JournalHeader = {
      format: 'rotor-secrets-manager',
      version: 1,
      journalId,
      keyCheck: keyCheck(key, journalId),
    };
    const handle = await open(file, 'w+', 0o600);
    const journal = new JournalFile({ handle, key, end: { journalId, length: 0, sequence: 0 } });
    await journal.#write(`${JSON.stringify(header)}\n`, 0);
    return journal;
  }

  /** Opens a journal whose end is known; whatever lies behind it is cut off. */
  static async open(file: string, { key, end }: { key: Buffer; end: JournalEnd }): Promise<JournalFile> {
    const handle = await open(file, 'r+');
    await handle.truncate(end.length);
    return new JournalFile({ handle, key, end });
  }

  get length(): number {
    return this.#end.length;
  }

  async append(texts: readonly string[]): Promise<void> {
    if (this.#isDirty) await this.#cut();
    const { journalId, sequence } = this.#end;
    const lines = texts.map((text, index) =>
      seal(this.#key, { text, place: { journalId, sequence: sequence + index } }),
    );
    await this.#write(`${lines.join('\n')}\n`, texts.length);
  }

  async flush(): Promise<void> {
    await this.#handle.datasync();
  }

  mark(): JournalEnd {
    return this.#end;
  }

  async cutBack(mark: JournalEnd): Promise<void> {
    this.#end = mark;
    this.#isDirty = true;
    await this.#cut();
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }

  async #cut(): Promise<void> {
    await this.#handle.truncate(this.#end.length);
    await this.#handle.datasync();
    this.#isDirty = false;
  }

  async #write(text: string, records: number): Promise<void> {
    const bytes = Buffer.from(text);
    let written = 0;
    while (written < bytes.length) {
      const result = await this.#handle.write(bytes, written, bytes.length - written, this.#end.length + written);
      written += result.bytesWritten;
    }
    const { journalId, length, sequence } = this.#end;
    this.#end = { journalId, length: length + bytes.length, sequence: sequence + records };
  }
}
