import { loadClientConnectConfig } from '@temporalio/envconfig';
import { defaultTaskQueue } from '../workflows/names';
import { type RunWorkerOptions } from './run-worker';

/** Where the environment says that Temporal is: its own `TEMPORAL_*` variables and profile file, and `ROTOR_TASK_QUEUE`. */
export function workerEnvironment(): RunWorkerOptions {
  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig();
  return { temporal: connectionOptions, namespace, taskQueue: process.env.ROTOR_TASK_QUEUE ?? defaultTaskQueue };
}
