import { SecretsManagerStore } from '../../adapters/secrets-manager';
import { RotationClient, WaitingForWorkerError } from '../../client';
import { RotationInProgressError } from '../../rotation/errors';
import { RotorUnderTest, type RunningWorker } from '../support/rotor-under-test';

let rotor: RotorUnderTest;

beforeAll(async () => {
  rotor = await RotorUnderTest.start();
});

afterEach(() => jest.restoreAllMocks());

afterAll(() => rotor.close());

/** Leaves the trace of a worker that polls the task queue, although none does any more. */
async function beSeenWorking(): Promise<void> {
  const worker = await rotor.startWorker();
  await rotor.rotate(await rotor.createApplication());
  await worker.stop();
}

/** Has something happen when the client, which got no answer in time, asks who polls the task queue. */
function whenPollersAreAsked(act: () => Promise<unknown>): void {
  const { workflowService } = rotor.temporal;
  const asking = jest.spyOn(workflowService, 'describeTaskQueue');
  asking.mockImplementation(async (request: object) => {
    asking.mockRestore();
    const answer = await workflowService.describeTaskQueue(request);
    await act();
    return answer;
  });
}

test('a worker that is busy is waited for: the request is answered by the rotation that it opened', async () => {
  const application = await rotor.createApplication();
  await beSeenWorking();
  let worker: RunningWorker | undefined;
  whenPollersAreAsked(async () => {
    worker = await rotor.startWorker();
  });

  const rotation = await rotor.client.rotateSecret({ secretId: application.name });

  await rotor.client.outcome(rotation);
  expect(worker).toBeDefined();
  const { labels } = await rotor.client.describe(application.name);
  expect(labels[rotation.versionId]).toContain('AWSCURRENT');
  expect(await application.versions()).toHaveLength(2);
  expect(await rotor.runs(application.arn)).toEqual([rotation.runId]);
  await worker?.stop();
});

test('a request that a restarted Temporal has lost is accepted, as the rotation that it opened is', async () => {
  const application = await rotor.createApplication();
  await beSeenWorking();
  const { workflowService } = rotor.temporal;
  const lost = Object.assign(new Error('update not found'), {
    code: 5,
    details: 'update not found',
    metadata: new Map(),
  });
  jest.spyOn(workflowService, 'pollWorkflowExecutionUpdate').mockRejectedValue(lost);

  const rotation = await rotor.client.rotateSecret({ secretId: application.name });

  const worker = await rotor.startWorker();
  await rotor.client.outcome(rotation);
  const { labels } = await rotor.client.describe(application.name);
  expect(labels[rotation.versionId]).toContain('AWSCURRENT');
  await worker.stop();
});

test("a rotation that a signal opened is no request's, also while no worker answers: it is in progress", async () => {
  const application = await rotor.createApplication();
  await beSeenWorking();
  await rotor.signal(application.arn);

  const refused = rotor.client.rotateSecret({ secretId: application.name });

  await expect(refused).rejects.toBeInstanceOf(RotationInProgressError);
  await rotor.owner(application.arn).terminate();
});

test('where nobody polls the task queue it is said at once', async () => {
  const application = await rotor.createApplication();
  const store = new SecretsManagerStore({ client: rotor.secretsManager });
  const taskQueue = `${rotor.taskQueue}-nobody`;
  const client = new RotationClient({ temporal: rotor.temporal, taskQueue, store });
  const waiting = jest.spyOn(rotor.temporal.workflowService, 'pollWorkflowExecutionUpdate');

  await expect(client.rotateSecret({ secretId: application.name })).rejects.toThrow(WaitingForWorkerError);

  expect(waiting).not.toHaveBeenCalled();
  await rotor.owner(application.arn).terminate();
});
