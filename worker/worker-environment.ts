import { loadClientConnectConfig } from '@temporalio/envconfig';
import { defaultTaskQueue } from '../workflows/names';
import { type EventSettings } from './event-settings';
import { type RunWorkerOptions } from './run-worker';

/**
 * Where the environment says that Temporal is: its own `TEMPORAL_*` variables and profile file, `ROTOR_TASK_QUEUE` and
 * `ROTOR_METRICS_ADDRESS`; and where events go: `ROTOR_EVENT_BUS`, `ROTOR_WEBHOOK_URL` and `ROTOR_WEBHOOK_SECRET_FILE`.
 */
export function workerEnvironment(): RunWorkerOptions {
  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig();
  const { ROTOR_TASK_QUEUE: taskQueue = defaultTaskQueue, ROTOR_METRICS_ADDRESS: metricsAddress = '' } = process.env;
  return {
    temporal: connectionOptions,
    namespace,
    taskQueue,
    ...(metricsAddress === '' ? {} : { metricsAddress }),
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
