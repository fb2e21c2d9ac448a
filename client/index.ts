/** The library: everything that an operator or a program can ask of Rotor. */
export { readConfigurationFile, type RotationSettings } from './configuration-file';
export { connectRotationClient, type ConnectedRotationClient, type ConnectOptions } from './connect';
export { type DescribedRotation, type RetriedStep, type RotationDescription } from './describe-rotation';
export {
  DecisionNeededError,
  DecisionRefusedError,
  RotationClientError,
  RotationFailedError,
  RotationStalledError,
  ScheduleMissingError,
  TemporalUnavailableError,
  WaitingForWorkerError,
} from './errors';
export { type LeftoverVersion } from './find-leftover';
export { type UnreadLabels } from './find-secret';
export { Leftover } from './leftover';
export { listedStates, type ListedRotation, type ListedState } from './list-rotations';
export { parseConfiguration } from './parse-configuration';
export { type RotateSecretRequest, type RotationHandle } from './rotate-secret-request';
export { type RotationProgress } from './follow-rotation';
export { type PlannedRotation } from './rotation-schedules';
export { RotationClient, type NotedRequest, type RotationClientOptions } from './rotation-client';
export { type RotationOutcome } from './rotation-outcome';
export { defaultTaskQueue } from '../workflows/names';
export { strategyNames, type StrategyName } from '../rotation/strategies/rotation-strategy';
export {
  decisionChoices,
  type DecisionAccepted,
  type DecisionChoice,
  type DecisionRequest,
  type OpenQuestion,
} from '../workflows/decision';
export { decisionText } from '../workflows/decision-text';
