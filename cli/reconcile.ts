import { type Command } from 'commander';
import { followToEnd } from './follow-to-end';
import { type CommandOptions } from './run-command';
import { withClient } from './with-client';

/** `rotor reconcile <secret>`: has the superuser make the database accept AWSCURRENT. */
export function addReconcile(program: Command): void {
  program
    .command('reconcile <secret>')
    .description('have the superuser set the current password in the database, where nothing signs in any more')
    .option('--json', 'print the result as JSON')
    .action((secretId: string, options: CommandOptions) =>
      withClient(async (client) => followToEnd(client, await client.reconcile(secretId), options)),
    );
}
