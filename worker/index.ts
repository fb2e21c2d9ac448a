export { createRotorWorker, type RotorWorkerOptions } from './create-worker';
export { WorkerStartError } from './errors';
export { runWorker, type RunWorkerOptions } from './run-worker';
export { workerEnvironment } from './worker-environment';
