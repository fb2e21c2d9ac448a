import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  findFreePort,
  lastLines,
  serverEnvironment,
  startSupervisor,
  type Supervisor,
  waitUntil,
} from '../../../local/supervisor';
import { type ConnectionSecret } from '../../../rotation/secret-value';
import { Sensitive } from '../../../rotation/sensitive';
import { OwnSqlServer, SqlServer } from './sql-server';

const startLimitMs = 60_000;

/** How to make and start a server of a kind. */
export interface OwnServerPlan {
  readonly engine: string;
  /** The command that creates the data folder. */
  readonly create: { readonly command: string; readonly args: readonly string[] };
  readonly run: { readonly command: string; readonly args: readonly string[] };
  /** The server's own options: what stands before `=` and after it; nothing stands after an empty one. */
  readonly options: Readonly<Record<string, string>>;
  /** SQL to run before anybody is admitted. */
  readonly firstStatements: readonly string[];
  readonly superuser: { readonly username: string; readonly password: string };
}

/** Where the files of the server are to be. */
export interface OwnServerPlace {
  readonly dataFolder: string;
  readonly home: string;
}

/** Starts a server with the data of a new one, on a free port of the loopback address. Resolves when it admits its superuser. */
export async function startOwnServer(plan: (place: OwnServerPlace) => OwnServerPlan): Promise<OwnSqlServer> {
  const home = await mkdtemp(path.join(tmpdir(), 'rotor-sql-'));
  const supervisor = await startSupervisor({ folder: path.join(home, 'supervisor') });
  try {
    const place = { home, dataFolder: path.join(home, 'data') };
    return await start({ home, supervisor, plan: plan(place) });
  } catch (error) {
    await supervisor.close();
    await rm(home, { recursive: true, force: true });
    throw error;
  }
}

interface Start {
  readonly home: string;
  readonly supervisor: Supervisor;
  readonly plan: OwnServerPlan;
}

async function start({ home, supervisor, plan }: Start): Promise<OwnSqlServer> {
  const temporary = path.join(home, 'tmp'); // a MariaDB that starts empties the one that others share
  await mkdir(temporary);
  const env = serverEnvironment({ TMPDIR: temporary });
  createData(plan, { cwd: home, env });
  const initFile = path.join(home, 'first.sql');
  await writeFile(initFile, plan.firstStatements.map((text) => `${text};\n`).join(''));
  const port = await findFreePort();
  const logFile = path.join(home, 'server.log');
  const options = { 'init-file': initFile, port: String(port), ...plan.options };
  const process = await supervisor.start({
    name: plan.engine,
    command: plan.run.command,
    args: [
      ...plan.run.args,
      ...Object.entries(options).map(([name, value]) => (value === '' ? `--${name}` : `--${name}=${value}`)),
    ],
    env,
    cwd: home,
    logFile,
  });
  const { username, password } = plan.superuser;
  const secret: ConnectionSecret = {
    engine: plan.engine,
    host: '127.0.0.1',
    port,
    username,
    password: new Sensitive(password),
    tls: false,
  };
  await untilAdmits(new SqlServer(secret), { logFile, exited: process.exited });
  return new OwnSqlServer(secret, { home, supervisor, process });
}

function createData({ create }: OwnServerPlan, place: { cwd: string; env: NodeJS.ProcessEnv }): void {
  const { status, stdout, stderr } = spawnSync(create.command, create.args, { ...place, encoding: 'utf8' });
  if (status !== 0) throw new Error(`The data folder could not be made: ${stderr}${stdout}`);
}

async function untilAdmits(
  server: SqlServer,
  { logFile, exited }: { logFile: string; exited: Promise<unknown> },
): Promise<void> {
  const state = { hasEnded: false };
  void exited.then(() => (state.hasEnded = true));
  const admits = (): Promise<boolean> =>
    server.sql('SELECT 1').then(
      () => true,
      () => state.hasEnded,
    );
  const isReady = await waitUntil(admits, { limitMs: startLimitMs });
  if (state.hasEnded || !isReady) throw new Error(`The server did not start:\n${await lastLines(logFile)}`);
}
