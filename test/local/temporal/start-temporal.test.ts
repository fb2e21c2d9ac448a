import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { findFreePort, PortTakenError, startSupervisor, type Supervisor } from '../../../local/supervisor';
import {
  findTemporal,
  startTemporal,
  TemporalNotStartedError,
  type RunningTemporal,
  type TemporalOptions,
} from '../../../local/temporal';

let home: string;
let supervisor: Supervisor;
let options: TemporalOptions;

beforeAll(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'rotor-temporal-'));
  supervisor = await startSupervisor({ folder: path.join(home, 'run') });
  const { path: executable } = await findTemporal({ env: process.env, onProgress: console.log });
  options = { supervisor, executable, home, port: await findFreePort(), namespace: 'rotor', fastTimers: true };
}, 600_000);

afterAll(async () => {
  await supervisor.close();
  await rm(home, { recursive: true, force: true });
});

async function withClient<T>(server: RunningTemporal, use: (client: Client) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({ address: server.address });
  try {
    return await use(new Client({ connection, namespace: server.namespace }));
  } finally {
    await connection.close();
  }
}

async function createSchedule(client: Client, scheduleId: string): Promise<void> {
  const action = { type: 'startWorkflow', workflowType: 'none', taskQueue: 'none' } as const;
  await client.schedule.create({ scheduleId, spec: { intervals: [{ every: '1d' }] }, action });
}

test('schedules survive a stop and a start on the same home', async () => {
  const first = await startTemporal(options);
  await withClient(first, (client) => createSchedule(client, 'kept'));
  await first.process.stop();

  const second = await startTemporal(options);
  const described = await withClient(second, (client) => client.schedule.getHandle('kept').describe());
  await second.process.stop();

  expect(described.spec.intervals).toEqual([expect.objectContaining({ every: 86_400_000 })]);
});

test('schedules and open workflows survive a kill -9', async () => {
  const first = await startTemporal(options);
  await withClient(first, async (client) => {
    await createSchedule(client, 'kept-in-a-crash');
    await client.workflow.start('none', { workflowId: 'open', taskQueue: 'none' });
  });
  process.kill(first.process.pid, 'SIGKILL');
  expect(await first.process.exited).toEqual({ code: null, signal: 'SIGKILL' });

  const second = await startTemporal(options);
  const found = await withClient(second, async (client) => ({
    schedule: (await client.schedule.getHandle('kept-in-a-crash').describe()).scheduleId,
    workflow: (await client.workflow.getHandle('open').describe()).status.name,
  }));
  await second.process.stop();

  expect(found).toEqual({ schedule: 'kept-in-a-crash', workflow: 'RUNNING' });
});

test('the web UI answers at the address that was given', async () => {
  const server = await startTemporal({ ...options, uiPort: await findFreePort() });

  const answer = await fetch(String(server.uiUrl));
  await server.process.stop();

  expect(answer.status).toBe(200);
  expect(await answer.text()).toContain('<html');
});

test('a taken port is refused by number, before anything is started', async () => {
  const squatter = await new Promise<Server>((resolve) => {
    const server = createServer().listen(options.port, '127.0.0.1', () => {
      resolve(server);
    });
  });

  const starting = startTemporal(options);

  await expect(starting).rejects.toThrow(PortTakenError);
  await expect(starting).rejects.toThrow(`port ${options.port} for Temporal is already taken`);
  squatter.close();
});

test('a server that ends at once is reported with the end of its log', async () => {
  const broken = startTemporal({ ...options, executable: 'sh' });

  await expect(broken).rejects.toThrow(TemporalNotStartedError);
  await expect(broken).rejects.toThrow(/ended with exit code \d+.*temporal\.log:.*cannot open server/s);
});
