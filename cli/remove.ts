import { type Command } from 'commander';
import { print } from './print';
import { withClient } from './with-client';

/** `rotor remove <secret>`: forgets schedule and configuration; the secret and the database user stay. */
export function addRemove(program: Command): void {
  program
    .command('remove <secret>')
    .description("forget a secret's schedule and configuration; the secret and the database user stay")
    .action(async (secretId: string) => {
      await withClient((client) => client.remove(secretId));
      print([`${secretId} is no longer rotated by schedule`]);
    });
}
