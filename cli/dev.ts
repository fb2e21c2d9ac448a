import { InvalidArgumentError, type Command } from 'commander';
import { devPorts, type StackPorts } from '../local/stack';
import { rotorHome } from './environment';
import { print } from './print';
import { CommandFailedError } from './run-command';

interface DevOptions {
  readonly temporalPort: number;
  readonly uiPort: number;
  readonly secretsManagerPort: number;
  readonly postgresPort: number;
}

/** `rotor dev`: everything that Rotor needs, on this machine, until it is told to stop. */
export function addDev(program: Command): void {
  program
    .command('dev')
    .description('run Temporal, a local Secrets Manager, a PostgreSQL and a worker on this machine (state in .rotor)')
    .option('--temporal-port <port>', 'where Temporal listens', parsePort, devPorts.temporal)
    .option('--ui-port <port>', "where Temporal's web UI listens", parsePort, devPorts.ui)
    .option(
      '--secrets-manager-port <port>',
      'where the Secrets Manager endpoint listens',
      parsePort,
      devPorts.secretsManager,
    )
    .option('--postgres-port <port>', 'where PostgreSQL listens', parsePort, devPorts.postgres)
    .action(dev);
}

async function dev(options: DevOptions): Promise<void> {
  const { runDevStack } = await import('../local/dev/index.js');
  const stopped = stopRequest();
  const broken = await runDevStack({
    home: rotorHome(),
    ports: portsFrom(options),
    env: process.env,
    onProgress: (line) => {
      print([line]);
    },
    stopped,
  });
  if (broken !== undefined) throw new CommandFailedError(`${broken}. Everything else was stopped; start it again.`);
}

/** Resolves when the terminal or another program asks to stop. */
function stopRequest(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.once(signal, () => {
        resolve();
      });
    }
  });
}

function portsFrom({ temporalPort, uiPort, secretsManagerPort, postgresPort }: DevOptions): Required<StackPorts> {
  return { temporal: temporalPort, ui: uiPort, secretsManager: secretsManagerPort, postgres: postgresPort };
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port < 1 || port > 65_535) throw new InvalidArgumentError('Give a port, 1 to 65535.');
  return port;
}
