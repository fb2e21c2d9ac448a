import { type Command } from 'commander';
import { print } from './print';
import { withClient } from './with-client';

/** `rotor pause <secret>`: stops scheduled rotations; rotations by hand go on. */
export function addPause(program: Command): void {
  program
    .command('pause <secret>')
    .description('stop scheduled rotations of a secret until `rotor resume`')
    .option('--note <text>', 'why, for whoever wonders')
    .action(async (secretId: string, { note }: { note?: string }) => {
      await withClient((client) => client.pause({ secretId, ...(note === undefined ? {} : { note }) }));
      print([`scheduled rotations of ${secretId} are paused`]);
    });
}
