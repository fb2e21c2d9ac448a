import { createHeldWorkerHere } from './held-worker-here';
import { Hold, type HoldPoint } from './hold';

/** A worker process that says when it works and when a rotation is at the place to stop at, and waits to be killed. */
async function main(): Promise<void> {
  const [step, moment, codePath = ''] = process.argv.slice(-3);
  const hold = new Hold({ step, moment } as HoldPoint);
  const worker = await createHeldWorkerHere({
    workflowBundle: { codePath },
    wrap: (activities) => hold.wrap(activities),
  });
  void hold.reached.then(() => process.stdout.write('held\n'));
  process.stdout.write('works\n');
  await worker.run();
}

main().catch((err: unknown) => {
  console.error(err);
  process.exitCode = 1;
});
