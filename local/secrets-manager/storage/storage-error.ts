/** Thrown when a folder cannot be used: it is taken, its key is missing or wrong, or it is not ours. */
export class StorageError extends Error {
  override readonly name: string = 'StorageError';
}

/** Thrown at start when a record in the journal is not what was written: nothing is read past it. */
export class JournalDamagedError extends StorageError {
  override readonly name = 'JournalDamagedError';

  constructor(
    readonly file: string,
    /** The first byte of the damaged record. */
    readonly offset: number,
  ) {
    super(
      `The journal ${file} is damaged at offset ${offset}. Restore the file from a copy, or move it away to start empty.`,
    );
  }
}
