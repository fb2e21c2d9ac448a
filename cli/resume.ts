import { type Command } from 'commander';
import { followToEnd } from './follow-to-end';
import { print } from './print';
import { type CommandOptions } from './run-command';
import { withClient } from './with-client';

interface ResumeOptions extends CommandOptions {
  readonly pending?: boolean;
}

/** `rotor resume <secret>`: lets scheduled rotations go on; with `--pending` goes on with one that was left unfinished. */
export function addResume(program: Command): void {
  program
    .command('resume <secret>')
    .description('let scheduled rotations of a secret go on')
    .option('--pending', 'go on with the rotation that left AWSPENDING on a version, once a password is proved to work')
    .option('--json', 'with --pending: print the result as JSON')
    .action(resume);
}

async function resume(secretId: string, options: ResumeOptions): Promise<void> {
  await withClient(async (client) => {
    if (options.pending) {
      await followToEnd(client, await client.leftover.resume(secretId), options);
      return;
    }
    await client.resume({ secretId });
    print([`scheduled rotations of ${secretId} go on`]);
  });
}
