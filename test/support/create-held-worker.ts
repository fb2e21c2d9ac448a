import { type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { Client } from '@temporalio/client';
import { type NativeConnection, Worker } from '@temporalio/worker';
import { type Activities, createActivities } from '../../activities';
import { SecretsManagerStore } from '../../adapters/secrets-manager';
import { type RotationEvents } from '../../rotation/rotation-events';
import { type StepDeps } from '../../rotation/steps/step';
import { type Deployment, versioning } from '../../worker/deployment';
import { enginesFor } from '../../worker/engine-registry';
import { eventSinks } from '../../worker/event-sinks';
import { registerSearchAttributes } from '../../worker/register-search-attributes';

/** What a worker for tests is made of. */
export interface HeldWorkerOptions {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly taskQueue: string;
  readonly secretsManager: SecretsManagerClient;
  readonly workflowBundle: { readonly codePath: string };
  /** Changes the activities. @defaultValue they stay as they are */
  readonly wrap?: (activities: Activities) => Activities;
  /** Changes the ports of each attempt of a step. @defaultValue they stay as they are */
  readonly wrapPorts?: (deps: StepDeps) => StepDeps;
  readonly eventLog?: RotationEvents;
  readonly publishers?: readonly string[];
  readonly deployment?: Deployment | undefined;
}

/** A worker as `createRotorWorker` makes it, whose activities a test can get at, and which leaves at once. */
export async function createHeldWorker(options: HeldWorkerOptions): Promise<Worker> {
  const { connection, namespace, taskQueue, secretsManager, workflowBundle, eventLog, publishers = [] } = options;
  const { wrap = (activities: Activities) => activities, wrapPorts = (deps: StepDeps) => deps } = options;
  const activities = createActivities({
    stepDeps: (signal) =>
      wrapPorts({
        store: new SecretsManagerStore({ client: secretsManager, signal }),
        engineFor: enginesFor(signal),
      }),
    temporal: new Client({ connection, namespace }),
    searchable: (await registerSearchAttributes(connection, namespace)) === undefined,
    publishers,
  });
  return Worker.create({
    connection,
    namespace,
    taskQueue,
    identity: 'rotor-worker',
    activities: wrap(activities),
    sinks: eventSinks(eventLog),
    workflowBundle,
    ...versioning(options.deployment),
    stickyQueueScheduleToStartTimeout: '1 second',
    maxHeartbeatThrottleInterval: '100 milliseconds',
  });
}
