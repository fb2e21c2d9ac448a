import { type Command } from 'commander';
import { print } from './print';
import { withClient } from './with-client';

/** `rotor cancel <secret>`: stops the rotation under way, undone or finished, and pauses the schedule. */
export function addCancel(program: Command): void {
  program
    .command('cancel <secret>')
    .description('stop the rotation under way (undone, or finished when it is past its test) and pause the schedule')
    .option('--note <text>', 'why, for whoever wonders')
    .action(async (secretId: string, { note }: { note?: string }) => {
      const { runId } = await withClient((client) =>
        client.cancelRotation({ secretId, ...(note === undefined ? {} : { note }) }),
      );
      print([
        runId === undefined
          ? `no rotation of ${secretId} is under way; its schedule, if any, is paused`
          : `the rotation of ${secretId} is told to stop; \`rotor status ${secretId}\` shows how it ended`,
      ]);
    });
}
