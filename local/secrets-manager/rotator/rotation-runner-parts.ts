import { type OperationCall } from '../service/operation';
import { type SecretStore } from '../storage/secret-store';
import { type RotationEvents } from './rotation-events';
import { type FunctionInvoker } from './rotation-function';

/** What rotations need. */
export interface RotationRunnerParts {
  readonly store: SecretStore;
  readonly clock: { now(): number };
  readonly invoker: FunctionInvoker;
  readonly events: RotationEvents;
  readonly random: OperationCall['random'];
  /** How long to wait before each further sequence; after the last one the service gives up. */
  readonly retryWaitsMs: readonly number[];
  readonly stepTimeoutMs: number;
}
