import { writeFile } from 'node:fs/promises';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { workflowBundlePath } from './create-worker';

/** Part of the build: bundles the workflows once, so that no worker does it at its start. */
async function buildWorkflowBundle(): Promise<void> {
  const workflowsPath = require.resolve('../workflows');
  const { code } = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('WARN') });
  await writeFile(workflowBundlePath, code);
}

buildWorkflowBundle().catch((err: unknown) => {
  console.error(err);
  process.exitCode = 1;
});
