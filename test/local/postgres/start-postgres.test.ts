import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import {
  PostgresDataError,
  PostgresNotStartedError,
  removePostgres,
  startPostgres,
  type PostgresOptions,
  type RunningPostgres,
} from '../../../local/postgres';
import { findFreePort, PortTakenError, startSupervisor, type Supervisor } from '../../../local/supervisor';

let home: string;
let supervisor: Supervisor;
let options: PostgresOptions;

beforeAll(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'rotor-postgres-'));
  await chmod(home, 0o711);
  supervisor = await startSupervisor({ folder: path.join(home, 'run') });
  options = { supervisor, home, port: await findFreePort(), parameters: { fsync: 'off' } };
});

afterAll(async () => {
  await supervisor.close();
  await removePostgres(home);
  await rm(home, { recursive: true, force: true });
});

async function query(server: RunningPostgres, sql: string): Promise<Record<string, unknown>[]> {
  const { username: user, password } = server.superuser;
  const client = new Client({ host: server.host, port: server.port, user, password, database: 'postgres' });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

test('data and password survive a stop and a start on the same home', async () => {
  const first = await startPostgres(options);
  await query(first, 'create table kept as select 42 as answer');
  await first.process.stop();

  const second = await startPostgres(options);
  const rows = await query(second, 'select answer from kept');
  await second.process.stop();

  expect(rows).toEqual([{ answer: 42 }]);
  expect(second.superuser).toEqual(first.superuser);
});

test('data survives a kill -9, and the next start needs no help', async () => {
  const first = await startPostgres(options);
  await query(first, 'create table crashed as select 43 as answer');
  process.kill(first.process.pid, 'SIGKILL');
  await first.process.exited;

  const second = await startPostgres(options);
  const rows = await query(second, 'select answer from crashed');
  await second.process.stop();

  expect(rows).toEqual([{ answer: 43 }]);
});

test('a lock file whose pid has passed to another process is no obstacle', async () => {
  const first = await startPostgres(options);
  process.kill(first.process.pid, 'SIGKILL');
  await first.process.exited;
  const lockFile = path.join(first.dataFolder, 'postmaster.pid');
  const [, ...lines] = (await readFile(lockFile, 'utf8')).split('\n');
  await writeFile(lockFile, [String(process.pid), ...lines].join('\n'));

  const second = await startPostgres(options);
  const rows = await query(second, 'select 1 as answer');
  await second.process.stop();

  expect(rows).toEqual([{ answer: 1 }]);
});

test('the superuser has to give his password', async () => {
  const server = await startPostgres(options);

  const wrong = query({ ...server, superuser: { ...server.superuser, password: 'wrong' } }, 'select 1');

  await expect(wrong).rejects.toMatchObject({ code: '28P01' });
  await server.process.stop();
});

test('the password is kept in a file of mode 0600 and is not in the logs', async () => {
  const server = await startPostgres({ ...options, parameters: { fsync: 'off', log_statement: 'all' } });
  await query(server, 'select 1');
  await server.process.stop();
  const file = path.join(home, 'postgres', 'superuser-password');

  expect((await readFile(file, 'utf8')).trim()).toBe(server.superuser.password);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect((await stat(server.logFile)).mode & 0o777).toBe(0o600);
  const logs = [
    await readFile(server.logFile, 'utf8'),
    await readFile(path.join(home, 'postgres', 'initdb.log'), 'utf8'),
  ];
  expect(logs.join('\n')).toContain('select 1');
  expect(logs.join('\n')).not.toContain(server.superuser.password);
});

test('a server listens on the loopback address only, and parameters cannot change that', async () => {
  const parameters = { listen_addresses: '*', unix_socket_directories: '/tmp', work_mem: '5MB' };
  const server = await startPostgres({ ...options, parameters });

  const settings = await query(
    server,
    `select current_setting('listen_addresses') as addresses, current_setting('unix_socket_directories') as sockets,
            current_setting('work_mem') as memory, current_setting('fsync') as fsync`,
  );
  await server.process.stop();

  expect(settings).toEqual([{ addresses: '127.0.0.1', sockets: '', memory: '5MB', fsync: 'on' }]);
});

test('a taken port is refused by number', async () => {
  const squatter = await new Promise<Server>((resolve) => {
    const server = createServer().listen(options.port, '127.0.0.1', () => {
      resolve(server);
    });
  });

  const starting = startPostgres(options);

  await expect(starting).rejects.toThrow(PortTakenError);
  await expect(starting).rejects.toThrow(`port ${options.port} for PostgreSQL is already taken`);
  squatter.close();
});

test('a setting that the server does not know is reported with the end of its log', async () => {
  const starting = startPostgres({ ...options, parameters: { no_such_setting: '1' } });

  await expect(starting).rejects.toThrow(PostgresNotStartedError);
  await expect(starting).rejects.toThrow(/unrecognized configuration parameter "no_such_setting"/);
});

test('data without its password is refused, with the way to start afresh', async () => {
  await rm(path.join(home, 'postgres', 'superuser-password'));

  const starting = startPostgres(options);

  await expect(starting).rejects.toThrow(PostgresDataError);
  await expect(starting).rejects.toThrow(`remove ${path.join(home, 'postgres')} to start afresh`);
});
