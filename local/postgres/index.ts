/**
 * Starts the PostgreSQL of the laptop stack and of the tests, on the binaries that npm has brought.
 */
export { removePostgres } from './data-place';
export { PostgresDataError, PostgresNotAvailableError, PostgresNotStartedError } from './errors';
export { type RunningPostgres } from './run-server';
export { startPostgres, type PostgresOptions } from './start-postgres';
