import { type Command } from 'commander';
import { followToEnd } from './follow-to-end';
import { type CommandOptions } from './run-command';
import { withClient } from './with-client';

/** `rotor discard <secret>`: takes AWSPENDING off a version that another rotation left. */
export function addDiscard(program: Command): void {
  program
    .command('discard <secret>')
    .description(
      'take AWSPENDING off a version that another rotation left, once the current password is proved to work',
    )
    .option('--json', 'print the result as JSON')
    .action((secretId: string, options: CommandOptions) =>
      withClient(async (client) => followToEnd(client, await client.leftover.discard(secretId), options)),
    );
}
