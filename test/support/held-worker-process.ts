import { createHeldWorkerHere } from './held-worker-here';
import { Hold, type HoldPoint } from './hold';

/** A worker process that stops at one place of a rotation, says so, and then waits to be killed. */
async function main(): Promise<void> {
  const [step, moment, codePath = ''] = process.argv.slice(-3);
  const hold = new Hold({ step, moment } as HoldPoint);
  const worker = await createHeldWorkerHere({
    workflowBundle: { codePath },
    wrap: (activities) => hold.wrap(activities),
  });
  void hold.reached.then(() => process.stdout.write('held\n'));
  await worker.run();
}

main().catch((err: unknown) => {
  console.error(err);
  process.exitCode = 1;
});
