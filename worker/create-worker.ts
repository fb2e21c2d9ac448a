import { existsSync } from 'node:fs';
import path from 'node:path';
import { type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { Client } from '@temporalio/client';
import { Runtime, Worker, type NativeConnection, type WorkerOptions } from '@temporalio/worker';
import { createActivities } from '../activities';
import { SecretsManagerStore } from '../adapters/secrets-manager';
import { type RotationEvents } from '../rotation/rotation-events';
import { type Deployment, versioning } from './deployment';
import { enginesFor } from './engine-registry';
import { eventSinks } from './event-sinks';
import { registerSearchAttributes } from './register-search-attributes';

/** What a worker is made of. Whoever hands connections in closes them. */
export interface RotorWorkerOptions {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly taskQueue: string;
  readonly secretsManager: SecretsManagerClient;
  /** The certificate authorities, as PEM, where neither secret nor configuration names any. @defaultValue Node's own */
  readonly ca?: string | undefined;
  /** @defaultValue the bundle that the build made */
  readonly workflowBundle?: WorkerOptions['workflowBundle'];
  /** Where the events of rotations are written. @defaultValue nowhere */
  readonly eventLog?: RotationEvents;
  /** Who is told of events beside the log; each needs a worker of its own. @defaultValue nobody */
  readonly publishers?: readonly string[];
  /** @defaultValue a worker like any other */
  readonly deployment?: Deployment | undefined;
}

/**
 * How many steps a worker works on at once. Most of a step is waiting, and one that meets a host which swallows packets
 * waits for five seconds: many of those must not keep the others from beginning.
 */
const stepsAtOnce = 400;

/** Where the build puts the workflows, ready to load. */
export const workflowBundlePath = path.join(__dirname, '..', 'workflow-bundle.js');

/**
 * The composition root: builds the adapters, from them the activities, from these a worker that is ready to run.
 *
 * The two intervals of a second decide how soon another worker takes over when this one is killed: within about six
 * seconds instead of twenty.
 */
export async function createRotorWorker(options: RotorWorkerOptions): Promise<Worker> {
  const { connection, namespace, taskQueue, secretsManager, workflowBundle, ca, eventLog, publishers = [] } = options;
  const identity = `rotor-worker-${process.pid}`;
  const unsearchable = await registerSearchAttributes(connection, namespace);
  if (unsearchable !== undefined) sayUnsearchable(unsearchable);
  const activities = createActivities({
    stepDeps: (signal) => ({
      store: new SecretsManagerStore({ client: secretsManager, signal }),
      engineFor: enginesFor(signal, ca),
    }),
    temporal: new Client({ connection, namespace, identity }),
    searchable: unsearchable === undefined,
    publishers,
  });
  return Worker.create({
    connection,
    namespace,
    taskQueue,
    identity,
    activities,
    sinks: eventSinks(eventLog),
    ...workflowsFrom(workflowBundle),
    ...versioning(options.deployment),
    maxConcurrentActivityTaskExecutions: stepsAtOnce,
    stickyQueueScheduleToStartTimeout: '1 second',
    maxHeartbeatThrottleInterval: '1 second',
    shutdownGraceTime: '10 seconds',
    shutdownForceTime: '20 seconds',
  });
}

function sayUnsearchable(why: string): void {
  Runtime.instance().logger.warn(
    `Rotations cannot be searched by secret, trigger, state and outcome, because the namespace has no ${why}. Everything ` +
      'else works.',
  );
}

function workflowsFrom(
  workflowBundle: WorkerOptions['workflowBundle'],
): Pick<WorkerOptions, 'workflowBundle' | 'workflowsPath'> {
  if (workflowBundle) return { workflowBundle };
  if (existsSync(workflowBundlePath)) return { workflowBundle: { codePath: workflowBundlePath } };
  return { workflowsPath: require.resolve('../workflows') };
}
