import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { assertPortFree, serverEnvironment, type SupervisedProcess, type Supervisor } from '../supervisor';
import { serverArguments } from './server-arguments';
import { untilTemporalAnswers } from './until-temporal-answers';

/** What to start, and where it keeps its state. */
export interface TemporalOptions {
  /** Owns the process. */
  supervisor: Supervisor;
  /** The `temporal` program, as `findTemporal` found it. */
  executable: string;
  /** The folder of the stack; the server's files go below `temporal` in it, and survive a restart. */
  home: string;
  /** The port for clients and workers. */
  port: number;
  /** The port of the web UI. @defaultValue no web UI */
  uiPort?: number;
  /** The namespace to work in, created when absent. @defaultValue 'default' */
  namespace?: string;
  /** Timers to the millisecond instead of the second: for tests. @defaultValue false */
  fastTimers?: boolean;
}

/** A Temporal server that answers. */
export interface RunningTemporal {
  /** Host and port for clients and workers. */
  address: string;
  /** Where the web UI is; absent when none was asked for. */
  uiUrl?: string;
  /** The namespace to work in. */
  namespace: string;
  /** The SQLite file that holds all of its state. */
  databaseFile: string;
  /** Where it prints. */
  logFile: string;
  /** The server process. */
  process: SupervisedProcess;
}

/**
 * Starts a Temporal server on the loopback address and resolves when it answers for its namespace.
 *
 * Started again on the same home it has its workflows, schedules and namespaces again, also after a kill -9.
 *
 * @throws `PortTakenError` when another program holds one of the ports
 * @throws `TemporalNotStartedError` when the server ends first, or does not answer in time
 */
export async function startTemporal(options: TemporalOptions): Promise<RunningTemporal> {
  const { supervisor, home, port, uiPort, namespace = 'default' } = options;
  await assertPortFree({ port, purpose: 'Temporal' });
  if (uiPort !== undefined) await assertPortFree({ port: uiPort, purpose: "Temporal's web UI" });

  const folder = path.resolve(home, 'temporal');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const databaseFile = path.join(folder, 'temporal.db');
  const logFile = path.join(folder, 'temporal.log');
  const process = await supervisor.start({
    name: 'temporal',
    command: options.executable,
    args: serverArguments({ ...options, namespace, databaseFile }),
    env: serverEnvironment({ HOME: folder }), // keeps it away from the operator's own client profile
    logFile,
  });
  const server = { address: `127.0.0.1:${port}`, namespace, databaseFile, logFile, process };
  await untilTemporalAnswers({ ...server, port });
  return { ...server, ...(uiPort === undefined ? {} : { uiUrl: `http://127.0.0.1:${uiPort}` }) };
}
