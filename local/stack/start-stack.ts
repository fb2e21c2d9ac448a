import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { defaultTaskQueue } from '../../client';
import { startPostgres, type RunningPostgres } from '../postgres';
import { assertPortFree, startSupervisor, type SupervisedProcess, type Supervisor } from '../supervisor';
import { type StackEnvironment } from './stack-file';
import { type StackOptions } from './stack-options';
import { type StackPorts } from './stack-ports';
import { startSecretsManagerProcess } from './start-secrets-manager-process';
import { startWorkerProcess } from './start-worker-process';
import { temporalFor, type StackTemporal } from './temporal-for';

/** Everything that Rotor needs, on this machine. */
export interface Stack {
  readonly temporal: StackTemporal;
  readonly postgres: RunningPostgres;
  readonly worker: SupervisedProcess;
  /** The processes of the stack, for measuring them. */
  readonly processes: readonly { readonly name: string; readonly pid: number }[];
  /** Leads any program, Rotor's commands and AWS's among them, to the stack. */
  readonly environment: StackEnvironment;
  /** Resolves with a sentence when a part of the stack ends unasked. */
  readonly broken: Promise<string>;
  /** Starts another worker, as after one was killed. */
  readonly startWorker: () => Promise<SupervisedProcess>;
  /** Stops everything; the state stays. Safe to repeat. */
  readonly close: () => Promise<void>;
}

/**
 * Starts a Temporal server, the local Secrets Manager endpoint, a PostgreSQL and a worker on the loopback address. No
 * process outlives this one, however it ends. Started again on the same folder, everything is as it was.
 *
 * @throws PortTakenError, SupervisorInUseError, TemporalNotFoundError, StackNotStartedError
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const home = path.resolve(options.home);
  // PostgreSQL does not run as root: its own user has to pass through to its data, and everything else closes itself.
  await mkdir(home, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
  const supervisor = await startSupervisor({ folder: path.join(home, 'processes') });
  try {
    await options.onLocked?.();
    await assertPortsFree(options.ports);
    return await startParts({ ...options, home }, supervisor);
  } catch (err) {
    await supervisor.close();
    throw err;
  }
}

async function startParts(options: StackOptions, supervisor: Supervisor): Promise<Stack> {
  const { home, ports, onProgress } = options;
  const temporal = await timed('Temporal', onProgress, () => temporalFor(options, supervisor));
  const aws = await timed('Secrets Manager endpoint', onProgress, () =>
    startSecretsManagerProcess({ supervisor, home, port: ports.secretsManager }),
  );
  const postgres = await timed('PostgreSQL', onProgress, () =>
    startPostgres({ supervisor, home, port: ports.postgres }),
  );

  const environment = { ...temporal.environment, ...aws.environment };
  const startWorker = (): Promise<SupervisedProcess> =>
    startWorkerProcess({ ...temporal, supervisor, home, environment, taskQueue: defaultTaskQueue });
  const worker = await timed('worker', onProgress, startWorker);

  const broken = Promise.race([
    supervisor.lost.then((err) => err.message),
    postgres.process.exited.then(() => `PostgreSQL ended by itself: see ${postgres.logFile}`),
    ...(temporal.ended ? [temporal.ended] : []),
  ]);
  const processes = [temporal.process, aws.process, postgres.process, worker].flatMap((part) => part ?? []);
  return { temporal, postgres, worker, processes, environment, broken, startWorker, close: () => supervisor.close() };
}

async function timed<Part>(
  name: string,
  onProgress: (line: string) => void,
  start: () => Promise<Part>,
): Promise<Part> {
  const begin = performance.now();
  const part = await start();
  onProgress(`${name} is up (${((performance.now() - begin) / 1_000).toFixed(1)} s)`);
  return part;
}

async function assertPortsFree({ temporal, ui, secretsManager, postgres }: StackPorts): Promise<void> {
  await assertPortFree({ port: temporal, purpose: 'Temporal', flag: '--temporal-port' });
  if (ui !== undefined) await assertPortFree({ port: ui, purpose: "Temporal's web UI", flag: '--ui-port' });
  await assertPortFree({ port: secretsManager, purpose: 'Secrets Manager', flag: '--secrets-manager-port' });
  await assertPortFree({ port: postgres, purpose: 'PostgreSQL', flag: '--postgres-port' });
}
