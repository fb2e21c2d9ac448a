import { type Command } from 'commander';
import { print } from './print';
import { renderDescription } from './render-rotation';
import { type CommandOptions } from './run-command';
import { withClient } from './with-client';

/** `rotor status <secret>`: labels, the last or present rotation, the schedule. */
export function addStatus(program: Command): void {
  program
    .command('status <secret>')
    .description("show a secret's labels, rotation and schedule")
    .option('--json', 'print it as JSON')
    .action(status);
}

async function status(secretId: string, { json }: CommandOptions): Promise<void> {
  const description = await withClient((client) => client.describe(secretId));
  print(json ? [JSON.stringify(description)] : renderDescription(description));
}
