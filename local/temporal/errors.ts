/** Thrown by `findTemporal` when no source has a Temporal server; says what each of them answered. */
export class TemporalNotFoundError extends Error {
  override readonly name = 'TemporalNotFoundError';

  constructor(readonly attempts: readonly string[]) {
    super(
      'no Temporal server is to be had: install the temporal command line, or Go 1.25 or newer to build it, ' +
        `or set TEMPORAL_ADDRESS to a running server (${attempts.join('; ')})`,
    );
  }
}

/** Thrown by `findTemporal` when the program that the operator names in TEMPORAL_CLI_PATH is not a Temporal server. */
export class TemporalNotUsableError extends Error {
  override readonly name = 'TemporalNotUsableError';

  constructor(
    readonly executable: string,
    readonly reason: string,
  ) {
    super(`TEMPORAL_CLI_PATH names ${executable}, which is of no use: ${reason}`);
  }
}

/** Thrown by `startTemporal` when the server ends, or does not answer in time. */
export class TemporalNotStartedError extends Error {
  override readonly name = 'TemporalNotStartedError';
  /** Where the server's own words are. */
  readonly logFile: string;

  constructor({ logFile, reason, log }: { logFile: string; reason: string; log: string }) {
    super(`the Temporal server ${reason}; the end of ${logFile}:\n${log}`);
    this.logFile = logFile;
  }
}
