import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { removePostgres, startPostgres } from '../../../local/postgres';
import { findFreePort, startSupervisor, waitUntil, type Supervisor } from '../../../local/supervisor';
import { processesOf, startPostgresParent } from './postgres-parent';

const LIMIT_MS = 20_000;

let home: string;
let port: number;
let supervisor: Supervisor | undefined;

beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'rotor-crash-'));
  await chmod(home, 0o711);
  port = await findFreePort();
});

afterEach(async () => {
  await supervisor?.close();
  await removePostgres(home);
  await rm(home, { recursive: true, force: true });
});

async function signsIn(server: {
  host: string;
  port: number;
  superuser: { username: string; password: string };
}): Promise<boolean> {
  const client = new Client({ ...server, user: server.superuser.username, password: server.superuser.password });
  await client.connect();
  await client.end();
  return true;
}

async function noProcessIsLeft(): Promise<boolean> {
  return waitUntil(() => processesOf(home).length === 0, { limitMs: LIMIT_MS });
}

test('a kill -9 of the parent ends the server with all its processes, in good order', async () => {
  const { parent, answer } = startPostgresParent({ home, port });
  const { dataFolder = '' } = await answer;
  expect(processesOf(dataFolder).length).toBeGreaterThan(3);

  parent.kill('SIGKILL');

  expect(await noProcessIsLeft()).toBe(true);
  expect(await readdir(dataFolder)).not.toContain('postmaster.pid');
});

test('a kill -9 of everybody but the server is put right by the next start', async () => {
  const { parent, answer } = startPostgresParent({ home, port });
  const first = await answer;
  parent.kill('SIGSTOP'); // or it would end the server when its guardian is gone
  for (const pid of processesOf(path.join(home, 'run'))) process.kill(pid, 'SIGKILL');
  parent.kill('SIGKILL');
  expect(processesOf(first.dataFolder ?? '')).toContain(first.pid);

  supervisor = await startSupervisor({ folder: path.join(home, 'run') });
  const second = await startPostgres({ supervisor, home, port });

  expect(second.process.pid).not.toBe(first.pid);
  expect(second.superuser).toEqual(first.superuser);
  expect(await signsIn(second)).toBe(true);
});

test('a kill -9 in the middle of initdb leaves nothing that the next start stumbles over', async () => {
  const { parent, answer } = startPostgresParent({ home, port });
  const isInTheMiddle = async (): Promise<boolean> => (await draftFiles()).includes('PG_VERSION');
  expect(await waitUntil(isInTheMiddle, { limitMs: LIMIT_MS, everyMs: 1 })).toBe(true);
  parent.kill('SIGKILL');
  await answer;
  expect(await noProcessIsLeft()).toBe(true);
  expect(await readdir(path.join(home, 'postgres'))).not.toContain('data');

  supervisor = await startSupervisor({ folder: path.join(home, 'run') });
  const server = await startPostgres({ supervisor, home, port });

  expect(await signsIn(server)).toBe(true);
  expect((await readdir(path.join(home, 'postgres'))).sort()).toEqual([
    'data',
    'initdb.log',
    'postgres.log',
    'superuser-password',
  ]);
});

async function draftFiles(): Promise<string[]> {
  const folder = path.join(home, 'postgres');
  const names = await readdir(folder).catch(() => []);
  const drafts = names.filter((name) => name.startsWith('initdb-'));
  return (await Promise.all(drafts.map((name) => readdir(path.join(folder, name, 'data')).catch(() => [])))).flat();
}
