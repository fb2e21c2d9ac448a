import { type Secret } from '../service/secret';
import { type ChangeLog } from './change-log';
import { type Compaction, startCompaction } from './compaction';
import { type RecordFile } from './journal-file';
import { type SecretRecord } from './secret-record';

interface Waiting {
  readonly texts: readonly string[];
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** What a journal is made of. */
export interface JournalParts {
  readonly path: string;
  readonly key: Buffer;
  readonly file: RecordFile;
  /** The whole present state, for compaction. */
  readonly snapshot: () => readonly Secret[];
  /** Told at once when appended records could not be kept, before anybody else is. */
  readonly onLost: () => void;
}

/** A journal smaller than this is not worth compacting. */
const leastCompactedLength = 16 * 1024 * 1024;

/**
 * The journal with its group commit: whatever arrives while one flush is under way shares the next one.
 *
 * When a write fails, for want of disk space say, all that was not yet flushed is taken back and the next write tries
 * anew.
 */
export class Journal implements ChangeLog {
  readonly #parts: JournalParts;
  #file: RecordFile;
  #waiting: Waiting[] = [];
  #draining: Promise<void> | undefined;
  #compaction: Compaction | undefined;
  #compactAt: number;

  constructor(parts: JournalParts) {
    this.#parts = parts;
    this.#file = parts.file;
    this.#compactAt = nextCompaction(parts.file.length);
  }

  append(records: readonly SecretRecord[]): Promise<void> {
    const texts = records.map((record) => JSON.stringify(record));
    const kept = new Promise<void>((resolve, reject) => this.#waiting.push({ texts, resolve, reject }));
    this.#draining ??= this.#drain();
    return kept;
  }

  async close(): Promise<void> {
    while (this.#draining !== undefined) await this.#draining;
    await this.#compaction?.abandon();
    await this.#file.close();
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0);
      const lost = await this.#write(batch);
      for (const { resolve, reject } of batch)
        if (lost === undefined) resolve();
        else reject(lost);
      await this.#compact();
    }
    this.#draining = undefined;
  }

  /**
   * Gives back why the records are lost, if they are. Then those that came meanwhile are lost with them, and join the
   * batch, in the same moment in which the store takes them back: one that comes later is not.
   */
  async #write(batch: Waiting[]): Promise<Error | undefined> {
    const mark = this.#file.mark();
    const texts = batch.flatMap((waiting) => waiting.texts);
    try {
      await this.#file.append(texts);
      await this.#file.flush();
      this.#compaction?.alsoKeep(texts);
      return undefined;
    } catch (error) {
      this.#parts.onLost();
      batch.push(...this.#waiting.splice(0));
      await this.#compaction?.abandon();
      this.#compaction = undefined;
      await this.#file.cutBack(mark).catch(() => undefined);
      return new Error('The journal could not be written.', { cause: error });
    }
  }

  /** Runs between two batches, so that a snapshot and the file it replaces never drift apart. */
  async #compact(): Promise<void> {
    const { path, key, snapshot } = this.#parts;
    if (this.#compaction === undefined && this.#file.length > this.#compactAt) {
      this.#compaction = startCompaction({ path, key, secrets: snapshot() });
    }
    if (this.#compaction?.isReady !== true) return;
    const compacted = await this.#compaction.finish();
    this.#compaction = undefined;
    if (compacted !== undefined) {
      await this.#file.close();
      this.#file = compacted;
    }
    this.#compactAt = nextCompaction(this.#file.length);
  }
}

function nextCompaction(length: number): number {
  return Math.max(leastCompactedLength, 2 * length);
}
