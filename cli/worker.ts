import { type Command } from 'commander';
import { useDevStack } from './environment';
import { print } from './print';

/** `rotor worker`: runs a worker until it is told to stop. */
export function addWorker(program: Command): void {
  program.command('worker').description('run a worker in the foreground; Ctrl-C lets running steps end').action(worker);
}

async function worker(): Promise<void> {
  await useDevStack();
  const { runWorker, workerEnvironment } = await import('../worker/index.js'); // only this command needs Temporal's native library
  const options = workerEnvironment();
  const { namespace, taskQueue, temporal } = options;
  await runWorker({
    ...options,
    onReady: () => {
      print([
        `worker polls task queue ${taskQueue} of namespace ${namespace} at ${temporal.address ?? 'localhost:7233'}`,
      ]);
    },
  });
}
