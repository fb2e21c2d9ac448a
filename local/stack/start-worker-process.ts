import path from 'node:path';
import { Connection } from '@temporalio/client';
import { scriptArguments, serverEnvironment, type SupervisedProcess, type Supervisor } from '../supervisor';
import { type StackEnvironment } from './stack-file';
import { untilReady } from './until-ready';

/** What a worker of the stack works with. */
export interface WorkerProcessOptions {
  readonly supervisor: Supervisor;
  /** The folder of the stack, for the worker's log. */
  readonly home: string;
  readonly environment: StackEnvironment;
  readonly namespace: string;
  readonly address: string;
  readonly taskQueue: string;
}

/**
 * Starts a worker as a process of its own, and resolves when it polls.
 *
 * @throws StackNotStartedError
 */
export async function startWorkerProcess(options: WorkerProcessOptions): Promise<SupervisedProcess> {
  const { supervisor, home, environment } = options;
  const logFile = path.join(path.resolve(home), 'worker.log');
  const worker = await supervisor.start({
    name: 'worker',
    command: process.execPath,
    args: scriptArguments(path.join(__dirname, '../../worker/main')),
    env: serverEnvironment(environment),
    logFile,
  });
  const connection = await Connection.connect({ address: options.address });
  try {
    await untilReady({
      process: worker,
      logFile,
      isReady: () => isPolledBy(connection, { ...options, pid: worker.pid }),
    });
  } finally {
    await connection.close();
  }
  return worker;
}

async function isPolledBy(
  connection: Connection,
  { namespace, taskQueue, pid }: { namespace: string; taskQueue: string; pid: number },
): Promise<boolean> {
  const { pollers } = await connection.workflowService.describeTaskQueue({
    namespace,
    taskQueue: { name: taskQueue },
  });
  return pollers.some(({ identity }) => identity === `rotor-worker-${pid}`);
}
