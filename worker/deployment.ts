import { type WorkerOptions } from '@temporalio/worker';

/** Which build of Rotor a worker is, where Temporal is to tell builds apart (Worker Versioning). */
export interface Deployment {
  readonly name: string;
  readonly buildId: string;
}

/**
 * How Temporal treats a worker of a named build: it gets work once its build is made the current one, and rotations under
 * way move to that build with their next step. They are not pinned to the build that began them: one that waits for a
 * decision may outlive its workers, and every build can go on with what the one before it began.
 */
export function versioning(deployment: Deployment | undefined): Pick<WorkerOptions, 'workerDeploymentOptions'> {
  if (deployment === undefined) return {};
  const version = { deploymentName: deployment.name, buildId: deployment.buildId };
  return {
    workerDeploymentOptions: { version, useWorkerVersioning: true, defaultVersioningBehavior: 'AUTO_UPGRADE' },
  };
}
