import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { type Activities } from '../../activities';
import { SecretsManagerStore } from '../../adapters/secrets-manager';
import { RotationClient, type RotationHandle, WaitingForWorkerError } from '../../client';
import {
  findFreePort,
  scriptArguments,
  serverEnvironment,
  startSupervisor,
  type Supervisor,
  waitUntil,
} from '../../local/supervisor';
import { type RunningTemporal, startTemporal, type TemporalOptions } from '../../local/temporal';
import { StoreAccessDeniedError } from '../../rotation/errors';
import { rotationId } from '../../rotation/rotation-id';
import { createHeldWorker } from '../support/create-held-worker';
import { untilAsked } from '../support/end-states';
import { FailingStep } from '../support/failing-step';
import { fireSoon } from '../support/fire-soon';
import { Hold } from '../support/hold';
import { type RotatedApplication } from '../support/rotated-application';
import { endCommands, RotorCommand } from '../support/rotor-command';
import { RotorUnderTest, type RunningWorker } from '../support/rotor-under-test';

let rotor: RotorUnderTest;
let home: string;
let supervisor: Supervisor;
let options: TemporalOptions;
let server: RunningTemporal;
let connection: Connection;
let temporal: Client;
let client: RotationClient;
let environment: Record<string, string>;
const workers: ChildProcess[] = [];

beforeAll(async () => {
  rotor = await RotorUnderTest.start();
  home = await mkdtemp(path.join(tmpdir(), 'rotor-killed-'));
  supervisor = await startSupervisor({ folder: path.join(home, 'processes') });
  const executable = rotor.servers.temporalExecutable;
  options = { supervisor, executable, home, port: await findFreePort(), fastTimers: true };
  server = await startTemporal(options);
  connection = await Connection.connect({ address: server.address });
  temporal = new Client({ connection, namespace: server.namespace });
  const store = new SecretsManagerStore({ client: rotor.secretsManager });
  client = new RotationClient({ temporal, taskQueue: rotor.taskQueue, store });
  environment = { ...rotor.environment, TEMPORAL_ADDRESS: server.address, TEMPORAL_NAMESPACE: server.namespace };
});

afterEach(async () => {
  for (const worker of workers.splice(0)) worker.kill('SIGKILL');
  await endCommands();
});

afterAll(async () => {
  await connection.close();
  await supervisor.close();
  await rm(home, { recursive: true, force: true });
  await rotor.close();
});

async function killServer(): Promise<void> {
  process.kill(server.process.pid, 'SIGKILL');
  await server.process.exited;
}

/** On the same file and port. */
async function restartServer(): Promise<void> {
  server = await startTemporal(options);
}

/** A worker in this process, whose activities a test has changed. */
async function startWorker(wrap: (activities: Activities) => Activities): Promise<RunningWorker> {
  const native = await NativeConnection.connect({ address: server.address });
  const worker = await createHeldWorker({
    connection: native,
    namespace: server.namespace,
    taskQueue: rotor.taskQueue,
    secretsManager: rotor.secretsManager,
    workflowBundle: { codePath: rotor.servers.program.workflowBundle },
    wrap,
  });
  const running = worker.run();
  return {
    stop: async () => {
      worker.shutdown();
      await running;
      await native.close();
    },
  };
}

/** Asks for a rotation until a worker answers, which on a busy machine takes its time to start. */
async function request({ name: secretId }: RotatedApplication): Promise<RotationHandle> {
  const clientRequestToken = randomUUID();
  for (;;) {
    const answer = await client.rotateSecret({ secretId, clientRequestToken }).catch((err: unknown) => err);
    if (answer instanceof WaitingForWorkerError) continue;
    if (answer instanceof Error) throw answer;
    return answer as RotationHandle;
  }
}

async function expectRotated(application: RotatedApplication): Promise<void> {
  const password = await application.password();
  expect(await application.versions()).toHaveLength(2);
  expect(await application.accepts(password)).toBe(true);
  expect(await application.accepts(application.firstPassword)).toBe(false);
}

test('Temporal killed with -9 during a rotation and started again: the same rotation goes on', async () => {
  const hold = new Hold({ step: 'testSecret', moment: 'before' });
  const worker = await startWorker((activities) => hold.wrap(activities));
  const application = await rotor.createApplication();
  const rotation = await client.rotateSecret({ secretId: application.name });
  await hold.reached;

  await killServer();
  await restartServer();
  hold.release();
  const { clientRequestToken } = await client.outcome(rotation);

  expect(clientRequestToken).toBe(rotation.versionId);
  await expectRotated(application);
  await worker.stop();
});

test('Temporal killed with -9 while a rotation waits for a decision: it waits on, also through a new worker, and is decided', async () => {
  const finish = new FailingStep('finishSecret', new StoreAccessDeniedError('Grant it.'));
  const worker = await startWorker((activities) => finish.wrap(activities));
  const application = await rotor.createApplication();
  const { name: secretId } = application;
  const rotation = await client.rotateSecret({ secretId });
  await untilAsked({ client }, { rotation });
  const asked = (await client.describe(secretId)).rotation?.status?.question;

  await killServer();
  await restartServer();
  await untilAsked({ client }, { rotation });
  const { rotation: waiting } = await client.describe(secretId);
  await worker.stop();
  const next = new RotorCommand(['worker'], { env: environment });
  await next.untilPrinted('worker polls');
  const decision = await client.decide({ secretId, choice: 'retry', question: 1 });
  const { clientRequestToken } = await client.outcome(rotation);

  expect(waiting?.status?.question).toEqual(asked);
  expect(decision).toEqual({ question: 1, choice: 'retry' });
  expect(clientRequestToken).toBe(rotation.versionId);
  await expectRotated(application);
  next.kill('SIGTERM');
  await next.ended;
});

test('worker and Temporal killed with -9 during a rotation: a new worker finishes it with the same token', async () => {
  const application = await rotor.createApplication();
  const script = scriptArguments(path.join(__dirname, '../support/held-worker-process'));
  const { workflowBundle } = rotor.servers.program;
  const worker = spawn(process.execPath, [...script, 'setSecret', 'after', workflowBundle], {
    env: serverEnvironment({ ...environment, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' }),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  workers.push(worker);
  const held = once(worker.stdout, 'data');
  const rotation = await request(application);
  await held;

  const gone = once(worker, 'exit');
  worker.kill('SIGKILL');
  await Promise.all([gone, killServer()]);
  await restartServer();
  new RotorCommand(['worker'], { env: environment });
  const { clientRequestToken } = await client.outcome(rotation);

  expect(clientRequestToken).toBe(rotation.versionId);
  await expectRotated(application);
});

test('worker and Temporal killed with -9 between rotations: a scheduled one that fell into the outage is made up for, once', async () => {
  const application = await rotor.createApplication();
  const first = new RotorCommand(['worker'], { env: environment });
  await first.untilPrinted('worker polls');
  await client.configure({ secretId: application.name, rotationRules: { automaticallyAfterDays: 4 } });
  const schedule = temporal.schedule.getHandle(rotationId(application.arn));
  const instant = await fireSoon(schedule);

  first.kill('SIGKILL');
  await killServer();
  await waitUntil(() => Date.now() > instant.getTime() + 500, { limitMs: 10_000 });
  await restartServer();
  new RotorCommand(['worker'], { env: environment });
  const rotated = async (): Promise<boolean> =>
    (await client.describe(application.name)).rotation?.workflowStatus === 'COMPLETED';
  expect(await waitUntil(rotated, { limitMs: 40_000, everyMs: 500 })).toBe(true);

  await expectRotated(application);
  const { schedule: planned, lastRotation = '' } = await client.describe(application.name);
  expect(Date.parse(planned?.nextRotation ?? '') - Date.parse(lastRotation)).toBeGreaterThan(2 * 86_400_000);
  expect(planned?.plan?.rotationRules).toEqual({ automaticallyAfterDays: 4 });
});
