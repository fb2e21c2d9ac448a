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
import { expectRotated, expectUndone } from '../support/end-states';
import { Interference } from '../support/interference';
import { type RotatedApplication } from '../support/rotated-application';
import { RotorUnderTest } from '../support/rotor-under-test';
import { before, standBefore, undoneBy, undoPlaces } from '../support/standing-rotations';
import { createSubject, postgresStrategies } from '../support/subject';
import { TcpProxy } from '../support/tcp-proxy';

const forward = before(['openRotation', 'createSecret', 'setSecret', 'testSecret', 'finishSecret', 'armNextRotation']);
const places = [...forward, ...Object.values(undoPlaces)];
/** Longer than the server waits for a heartbeat. */
const outageMs = 7_000;
/** A worker whose connections fell silent notices it after a minute. */
const limitMs = 240_000;
const interference = new Interference();

let rotor: RotorUnderTest;
let home: string;
let supervisor: Supervisor;
let options: TemporalOptions;
let server: RunningTemporal;
/** The way from the worker to Temporal. */
let network: TcpProxy;
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
  network = await TcpProxy.start({ host: '127.0.0.1', port: options.port });
  connection = await Connection.connect({ address: server.address });
  native = await NativeConnection.connect({ address: `127.0.0.1:${network.port}` });
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
  await network.close();
  await supervisor.close();
  await rm(home, { recursive: true, force: true });
  await rotor.close();
});

const outages = [
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
  {
    what: 'behind a network that swallows packets',
    begin: (): Promise<void> => {
      network.swallow();
      return Promise.resolve();
    },
    end: () => network.forward(),
  },
];

/** Has Temporal away for longer than a heartbeat, while rotations go on. */
async function outlast({ begin, end }: (typeof outages)[number], go: () => void): Promise<void> {
  await begin();
  go();
  const begun = Date.now();
  await waitUntil(() => Date.now() > begun + outageMs, { limitMs: 2 * outageMs });
  await end();
}

describe.each(postgresStrategies)('with %s', (strategy) => {
  const create = (): Promise<RotatedApplication> => createSubject(rotor, { strategy });

  test.each(outages)(
    'a Temporal that is $what for longer than a heartbeat is waited for at each step, also of the undo, and nothing is lost',
    async (outage) => {
      const { rotations, go } = await standBefore({ client }, { interference, places, create });

      await outlast(outage, go);

      for (const one of rotations) {
        if (one.failed) {
          await expectUndone({ client }, { ...one, type: undoneBy });
        } else {
          await expectRotated({ client }, one);
          expect(await one.application.signsIn(one.application.firstVersion)).toBe(strategy !== 'single-user');
        }
        expect(await one.application.versions()).toHaveLength(2);
      }
    },
    limitMs,
  );
});
