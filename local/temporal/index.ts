/**
 * Finds, builds and starts the Temporal server of the laptop stack and of the tests.
 */
export { TemporalNotFoundError, TemporalNotStartedError, TemporalNotUsableError } from './errors';
export { findTemporal, type FindTemporalOptions, type FoundTemporal } from './find-temporal';
export { startTemporal, type RunningTemporal, type TemporalOptions } from './start-temporal';
