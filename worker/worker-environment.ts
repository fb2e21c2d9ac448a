import { loadClientConnectConfig } from '@temporalio/envconfig';
import { defaultTaskQueue } from '../workflows/names';
import { type EventSettings } from './event-settings';
import { readAuthorities } from './read-authorities';
import { type RunWorkerOptions } from './run-worker';

/**
 * Where the environment says that Temporal is: its own `TEMPORAL_*` variables and profile file, `ROTOR_TASK_QUEUE`,
 * `ROTOR_METRICS_ADDRESS` and `ROTOR_CA_FILE`, which is read now; and where events go: `ROTOR_EVENT_BUS`,
 * `ROTOR_WEBHOOK_URL` and `ROTOR_WEBHOOK_SECRET_FILE`.
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
    events: eventSettings(),
  };
}

function eventSettings(): EventSettings {
  const {
    ROTOR_EVENT_BUS: eventBus = '',
    ROTOR_WEBHOOK_URL: webhookUrl = '',
    ROTOR_WEBHOOK_SECRET_FILE: webhookSecretFile = '',
  } = process.env;
  return {
    ...(eventBus === '' ? {} : { eventBus }),
    ...(webhookUrl === '' ? {} : { webhookUrl }),
    ...(webhookSecretFile === '' ? {} : { webhookSecretFile }),
  };
}
