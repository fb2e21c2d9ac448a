/** What the command line of the server depends on. */
export interface ServerArguments {
  /** The port for clients and workers. */
  port: number;
  /** The port of the web UI, if there is to be one. */
  uiPort?: number;
  /** The namespace to create. */
  namespace: string;
  /** The SQLite file. */
  databaseFile: string;
  /** Timers to the millisecond instead of the second. */
  fastTimers?: boolean;
}

/** Without the first, each of a workflow's tasks waits about 45 ms to be handed out. */
const ALWAYS = ['history.transferProcessorMaxPollRPS=2000', 'system.enableActivityEagerExecution=true'];

/** Without these every timer and back-off is up to a second late, and so is each continue-as-new. */
const FAST_TIMERS = ['history.timerProcessorMaxTimeShift="20ms"', 'history.workflowIdReuseMinimalInterval="0s"'];

/** Two and a half times the throughput of the default; survives a kill -9, and loses the last commits in a power failure. */
const PRAGMAS = ['journal_mode=WAL', 'synchronous=NORMAL'];

/** Builds the command line of Temporal's development server. */
export function serverArguments({ port, uiPort, namespace, databaseFile, fastTimers }: ServerArguments): string[] {
  const dynamicConfig = [...ALWAYS, ...(fastTimers === true ? FAST_TIMERS : [])];
  return [
    ...['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(port)],
    ...(uiPort === undefined ? ['--headless'] : webUi(uiPort)),
    ...['--db-filename', databaseFile, '--namespace', namespace],
    ...PRAGMAS.flatMap((pragma) => ['--sqlite-pragma', pragma]),
    ...dynamicConfig.flatMap((value) => ['--dynamic-config-value', value]),
  ];
}

function webUi(uiPort: number): string[] {
  return ['--ui-ip', '127.0.0.1', '--ui-port', String(uiPort)];
}
