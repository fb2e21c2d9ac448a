import { loadClientConnectConfig } from '@temporalio/envconfig';
import { defaultTaskQueue } from '../workflows/names';
import { WorkerStartError } from './errors';
import { type EventSettings } from './event-settings';
import { readAuthorities } from './read-authorities';
import { type RunWorkerOptions } from './run-worker';

/**
 * Where the environment says that Temporal is: its own `TEMPORAL_*` variables and profile file, `ROTOR_TASK_QUEUE`,
 * `ROTOR_METRICS_ADDRESS` and `ROTOR_CA_FILE`, which is read now; where events go: `ROTOR_EVENT_BUS`, `ROTOR_WEBHOOK_URL`
 * and `ROTOR_WEBHOOK_SECRET_FILE`; and which build this is: `TEMPORAL_DEPLOYMENT_NAME` and `TEMPORAL_WORKER_BUILD_ID`, as
 * Temporal's Worker Controller sets them.
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
    ...deploymentSettings(),
    events: eventSettings(),
  };
}

function deploymentSettings(): Pick<RunWorkerOptions, 'deployment'> {
  const { TEMPORAL_DEPLOYMENT_NAME: name = '', TEMPORAL_WORKER_BUILD_ID: buildId = '' } = process.env;
  if (name === '' && buildId === '') return {};
  if (name !== '' && buildId !== '') return { deployment: { name, buildId } };
  throw new WorkerStartError(
    'A worker of a named build needs both TEMPORAL_DEPLOYMENT_NAME and TEMPORAL_WORKER_BUILD_ID. Set the other one too, or none.',
  );
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
