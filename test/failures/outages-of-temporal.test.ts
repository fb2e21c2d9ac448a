import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, type Worker } from '@temporalio/worker';
import { SecretsManagerStore } from '../../adapters/secrets-manager';
import { RotationClient } from '../../client';
import { findFreePort, startSupervisor, type Supervisor, waitUntil } from '../../local/supervisor';
import { type RunningTemporal, startTemporal, type TemporalOptions } from '../../local/temporal';
import { createHeldWorker } from '../support/create-held-worker';
import { expectRotated } from '../support/end-states';
import { Interference } from '../support/interference';
import { RotorUnderTest } from '../support/rotor-under-test';
import { standBefore } from '../support/standing-rotations';

const steps = ['openRotation', 'createSecret', 'setSecret', 'testSecret', 'finishSecret', 'armNextRotation'] as const;
/** Longer than the server waits for a heartbeat. */
const outageMs = 7_000;
const interference = new Interference();

let rotor: RotorUnderTest;
let home: string;
let supervisor: Supervisor;
let options: TemporalOptions;
let server: RunningTemporal;
let connection: Connection;
let native: NativeConnection;
let worker: { readonly is: Worker; readonly running: Promise<void> };
let client: RotationClient;

beforeAll(async () => {
  rotor = await RotorUnderTest.start();
  home = await mkdtemp(path.join(tmpdir(), 'rotor-outage-'));
  supervisor = await startSupervisor({ folder: path.join(home, 'processes') });
  const executable = rotor.servers.temporalExecutable;
  options = { supervisor, executable, home, port: await findFreePort(), fastTimers: true };
  server = await startTemporal(options);
  connection = await Connection.connect({ address: server.address });
  native = await NativeConnection.connect({ address: server.address });
  const temporal = new Client({ connection, namespace: server.namespace });
  const store = new SecretsManagerStore({ client: rotor.secretsManager });
  client = new RotationClient({ temporal, taskQueue: rotor.taskQueue, store });
  const is = await createHeldWorker({
    connection: native,
    namespace: server.namespace,
    taskQueue: rotor.taskQueue,
    secretsManager: rotor.secretsManager,
    workflowBundle: { codePath: rotor.servers.program.workflowBundle },
    wrap: (activities) => interference.wrap(activities),
  });
  worker = { is, running: is.run() };
});

afterAll(async () => {
  worker.is.shutdown();
  await worker.running;
  await native.close();
  await connection.close();
  await supervisor.close();
  await rm(home, { recursive: true, force: true });
  await rotor.close();
});

test.each([
  {
    what: 'frozen',
    begin: () => Promise.resolve(process.kill(server.process.pid, 'SIGSTOP')),
    end: () => Promise.resolve(process.kill(server.process.pid, 'SIGCONT')),
  },
  {
    what: 'stopped',
    begin: () => server.process.stop(),
    end: async () => (server = await startTemporal(options)),
  },
])(
  'a Temporal that is $what for longer than a heartbeat is waited for at each step, and nothing is lost',
  async (outage) => {
    const create = (): ReturnType<RotorUnderTest['createApplication']> => rotor.createApplication();
    const { rotations, go } = await standBefore({ client }, { interference, steps, create });

    await outage.begin();
    go();
    const begun = Date.now();
    await waitUntil(() => Date.now() > begun + outageMs, { limitMs: 2 * outageMs });
    await outage.end();

    for (const one of rotations) {
      await expectRotated({ client }, one);
      expect(await one.application.versions()).toHaveLength(2);
      expect(await one.application.signsIn(one.application.firstVersion)).toBe(false);
    }
  },
);
