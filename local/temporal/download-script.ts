/**
 * Makes the SDK download its Temporal server into the folder that is the one argument. The SDK offers no download without
 * a start, so the server is started once and stopped.
 */
import { TestWorkflowEnvironment } from '@temporalio/testing';

async function download(downloadDir: string): Promise<void> {
  const environment = await TestWorkflowEnvironment.createLocal({
    server: { executable: { type: 'cached-download', downloadDir, ttl: '3650d' } },
  });
  await environment.teardown();
}

download(process.argv[2] ?? '').then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
