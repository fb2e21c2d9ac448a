/**
 * Runs the servers of the laptop stack and of the tests, and leaves none of them behind.
 */
export { errorCode } from './error-code';
export { CannotStartError, GuardianLostError, PortTakenError, SupervisorInUseError } from './errors';
export { assertPortFree, findFreePort, type PortRequest } from './free-port';
export { type ProcessExit, type ProcessSpec } from './guardian-protocol';
export { isListening } from './is-listening';
export { lastLines } from './last-lines';
export { tryLock, type HeldLock, type LockAttempt } from './lock-file';
export { identifyMyself, identifyProcess, isRunning, type ProcessIdentity } from './process-identity';
export { scriptArguments } from './script-arguments';
export { serverEnvironment } from './server-environment';
export { type SupervisedProcess } from './supervised-process';
export { startSupervisor, type Supervisor, type SupervisorOptions } from './supervisor';
export { waitUntil, type WaitLimit } from './wait-until';
