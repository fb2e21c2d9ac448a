import { loadClientConnectConfig } from '@temporalio/envconfig';
import { defaultTaskQueue } from '../workflows/names';
import { type RunWorkerOptions } from './run-worker';

/**
 * Where the environment says that Temporal is: its own `TEMPORAL_*` variables and profile file, `ROTOR_TASK_QUEUE` and
 * `ROTOR_METRICS_ADDRESS`.
 */
export function workerEnvironment(): RunWorkerOptions {
  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig();
  const { ROTOR_TASK_QUEUE: taskQueue = defaultTaskQueue, ROTOR_METRICS_ADDRESS: metricsAddress = '' } = process.env;
  return { temporal: connectionOptions, namespace, taskQueue, ...(metricsAddress === '' ? {} : { metricsAddress }) };
}
