/** Thrown by `startPostgres` where npm has brought no PostgreSQL for this machine. */
export class PostgresNotAvailableError extends Error {
  override readonly name = 'PostgresNotAvailableError';

  constructor(readonly reason: string) {
    super(`there is no PostgreSQL to start: ${reason}`);
  }
}

/** Thrown by `startPostgres` when the data folder is of no use as it is; says what to do about it. */
export class PostgresDataError extends Error {
  override readonly name = 'PostgresDataError';

  constructor(
    readonly dataFolder: string,
    reason: string,
  ) {
    super(`the PostgreSQL data in ${dataFolder} cannot be used: ${reason}`);
  }
}

/** Thrown by `startPostgres` when the server, or the making of its data, ends or does not answer in time. */
export class PostgresNotStartedError extends Error {
  override readonly name = 'PostgresNotStartedError';
  /** Where the server's own words are. */
  readonly logFile: string;

  constructor({ logFile, reason, log }: { logFile: string; reason: string; log: string }) {
    super(`PostgreSQL ${reason}; the end of ${logFile}:\n${log}`);
    this.logFile = logFile;
  }
}
