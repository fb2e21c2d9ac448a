import { type Command } from 'commander';
import { connectRotationClient } from '../client';
import { connectOptions } from './environment';
import { print } from './print';
import { renderDescription } from './render-rotation';
import { type CommandOptions } from './run-command';

/** `rotor status <secret>`: labels, the last or present rotation, the schedule. */
export function addStatus(program: Command): void {
  program
    .command('status <secret>')
    .description("show a secret's labels, rotation and schedule")
    .option('--json', 'print it as JSON')
    .action(status);
}

async function status(secretId: string, { json }: CommandOptions): Promise<void> {
  const { client, close } = await connectRotationClient(await connectOptions());
  try {
    const description = await client.describe(secretId);
    print(json ? [JSON.stringify(description)] : renderDescription(description));
  } finally {
    await close();
  }
}
