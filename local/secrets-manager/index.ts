export { type CallRecord } from './controls/call-log';
export { type Controls } from './controls/controls';
export { type Fault, type FaultKind } from './controls/faults';
export {
  defaultAccountId,
  defaultAdminPath,
  defaultCredentials,
  defaultRegion,
  type LocalCredentials,
  type SecretsManagerOptions,
  SecretsManagerOptionsError,
} from './endpoint-options';
export { type ServiceEvent } from './rotator/rotation-events';
export { type RotationEvent, type RotationFunction, type RotationFunctionSource } from './rotator/rotation-function';
export { type SecretsManagerEndpoint, startSecretsManager } from './start-secrets-manager';
export { JournalDamagedError, StorageError } from './storage/storage-error';
export { type AccountCredentials } from './wire/authenticate';
