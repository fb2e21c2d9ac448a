import { type Command } from 'commander';
import { print } from './print';
import { type CommandOptions } from './run-command';
import { addSettingsOptions, settingsFrom, type SettingsOptions } from './settings-options';
import { withClient } from './with-client';

/** `rotor configure <secret>`: stores how and when a secret is rotated, and rotates nothing. */
export function addConfigure(program: Command): void {
  addSettingsOptions(
    program.command('configure <secret>').description('store how and when a secret is rotated, without rotating it'),
  )
    .option('--json', "print the secret's schedule as JSON")
    .action(configure);
}

async function configure(secretId: string, options: SettingsOptions & CommandOptions, command: Command): Promise<void> {
  const settings = await settingsFrom(options, command);
  if (Object.keys(settings).length === 0) command.error("error: nothing to store; give '--config' or an option");
  const schedule = await withClient(async (client) => {
    await client.configure({ secretId, ...settings });
    return (await client.describe(secretId)).schedule;
  });
  const next = schedule?.nextRotation ?? 'unknown';
  print([options.json ? JSON.stringify(schedule) : `configuration of ${secretId} is stored; next rotation ${next}`]);
}
