import { Worker, type NativeConnection } from '@temporalio/worker';
import { createEventActivities } from '../activities';
import { eventTaskQueue } from '../workflows/names';
import { type Deployment, versioning } from './deployment';
import { type Publishers } from './event-publishers';

/** What tells events works with. */
export interface EventWorkersOptions {
  readonly connection: NativeConnection;
  readonly namespace: string;
  /** That of the rotations. */
  readonly taskQueue: string;
  readonly publishers: Publishers;
  /** @defaultValue workers like any other */
  readonly deployment?: Deployment | undefined;
}

/** A worker for each publisher, which does nothing else: one that hangs keeps no step waiting, and no other publisher. */
export function createEventWorkers(options: EventWorkersOptions): Promise<Worker[]> {
  const { connection, namespace, taskQueue, publishers, deployment } = options;
  return Promise.all(
    Object.entries(publishers).map(([name, eventsFor]) =>
      Worker.create({
        connection,
        namespace,
        taskQueue: eventTaskQueue(taskQueue, name),
        identity: `rotor-worker-${process.pid}`,
        activities: createEventActivities(eventsFor),
        ...versioning(deployment),
        maxHeartbeatThrottleInterval: '1 second',
        shutdownForceTime: '20 seconds',
      }),
    ),
  );
}
