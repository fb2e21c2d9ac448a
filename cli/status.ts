import { type Command } from 'commander';
import { print } from './print';
import { renderDescription } from './render-rotation';
import { type CommandOptions } from './run-command';
import { withClient } from './with-client';

interface StatusOptions extends CommandOptions {
  readonly ask?: boolean;
}

/** `rotor status <secret>`: labels, the last or present rotation, the schedule. */
export function addStatus(program: Command): void {
  program
    .command('status <secret>')
    .description("show a secret's labels, rotation and schedule")
    .option('--ask', 'where the rotation waits for a decision: have it find out again what is true')
    .option('--json', 'print it as JSON')
    .action(status);
}

async function status(secretId: string, { ask, json }: StatusOptions): Promise<void> {
  const description = await withClient(async (client) => {
    if (ask) await client.askAgain(secretId);
    return client.describe(secretId);
  });
  print(json ? [JSON.stringify(description)] : renderDescription(description));
}
