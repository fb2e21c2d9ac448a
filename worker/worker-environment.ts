import { loadClientConnectConfig } from '@temporalio/envconfig';
import { defaultTaskQueue } from '../workflows/names';
import { readAuthorities } from './read-authorities';
import { type RunWorkerOptions } from './run-worker';

/**
 * Where the environment says that Temporal is: its own `TEMPORAL_*` variables and profile file, `ROTOR_TASK_QUEUE`,
 * `ROTOR_METRICS_ADDRESS` and `ROTOR_CA_FILE`, which is read now.
 *
 * @throws WorkerStartError
 */
export function workerEnvironment(): RunWorkerOptions {
  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig();
  const { ROTOR_TASK_QUEUE: taskQueue = defaultTaskQueue } = process.env;
  const { ROTOR_METRICS_ADDRESS: metricsAddress = '', ROTOR_CA_FILE: caFile = '' } = process.env;
  return {
    temporal: connectionOptions,
    namespace,
    taskQueue,
    ...(metricsAddress === '' ? {} : { metricsAddress }),
    ...(caFile === '' ? {} : { ca: readAuthorities(caFile) }),
  };
}
