import { Option, type Command } from 'commander';
import { listedStates, type ListedRotation } from '../client';
import { print } from './print';
import { type CommandOptions } from './run-command';
import { withClient } from './with-client';

interface ListOptions extends CommandOptions {
  readonly state?: ListedRotation['state'];
}

/** `rotor list`: every secret that Rotor rotates, a line each, as they are read. */
export function addList(program: Command): void {
  program
    .command('list')
    .description('list the secrets that are rotated')
    .addOption(new Option('--state <state>', 'only those in this state').choices(listedStates))
    .option('--json', 'print a JSON document for each')
    .action(list);
}

async function list({ state, json }: ListOptions): Promise<void> {
  await withClient(async (client) => {
    for await (const rotation of client.list(state ? { state } : {})) {
      print([json ? JSON.stringify(rotation) : renderListed(rotation)]);
    }
  });
}

function renderListed({ arn, state, nextRotation = 'no schedule', note }: ListedRotation): string {
  return [state.padEnd(9), nextRotation.padEnd(24), arn, ...(note ? [`(${note})`] : [])].join('  ');
}
