import { type Command } from 'commander';
import { print } from './print';
import { withClient } from './with-client';

/** `rotor resume <secret>`: lets scheduled rotations go on. */
export function addResume(program: Command): void {
  program
    .command('resume <secret>')
    .description('let scheduled rotations of a secret go on')
    .action(async (secretId: string) => {
      await withClient((client) => client.resume({ secretId }));
      print([`scheduled rotations of ${secretId} go on`]);
    });
}
