import { InvalidArgumentError, type Command } from 'commander';
import { RotationStalledError, type RotationClient, type RotationHandle } from '../client';
import { undecided } from './follow-to-end';
import { print } from './print';
import { renderOutcome, renderProgress } from './render-rotation';
import { type CommandOptions } from './run-command';
import { addSettingsOptions, settingsFrom, type SettingsOptions } from './settings-options';
import { withClient } from './with-client';

interface RotateOptions extends CommandOptions, SettingsOptions {
  readonly wait?: boolean;
  readonly testOnly?: boolean;
  readonly token?: string;
}

/** How long a step may fail again and again before waiting is left to the rotation itself. */
const patienceMs = 5_000;

/** `rotor rotate <secret>`: asks for a rotation, and with `--wait` follows it to its end. */
export function addRotate(program: Command): void {
  const command = program
    .command('rotate <secret>')
    .description('rotate a secret now (name or ARN)')
    .option('--wait', 'follow the rotation to its end; exit code 1 if it fails');
  addSettingsOptions(command)
    .option('--test-only', 'store the schedule and test the current credential, but do not rotate now')
    .option('--token <token>', 'ClientRequestToken: the same token again is the same rotation', parseToken)
    .option('--json', 'print the result as JSON')
    .action(rotate);
}

async function rotate(secretId: string, options: RotateOptions, command: Command): Promise<void> {
  const settings = await settingsFrom(options, command);
  await withClient(async (client) => {
    const rotation = await client.rotateSecret({
      secretId,
      ...settings,
      ...(options.token === undefined ? {} : { clientRequestToken: options.token }),
      ...(options.testOnly ? { rotateImmediately: false } : {}),
    });
    if (options.wait) await finish(client, rotation, options);
    else accepted(rotation, options);
  });
}

function accepted(rotation: RotationHandle, { json }: RotateOptions): void {
  const { name, versionId } = rotation;
  print(json ? [JSON.stringify(rotation)] : [`rotation of ${name} accepted, token ${versionId}`]);
}

async function finish(client: RotationClient, rotation: RotationHandle, options: RotateOptions): Promise<void> {
  if (!options.json) accepted(rotation, options);
  const failingSince = new Map<string, number>();
  for await (const progress of client.follow(rotation)) {
    const line = renderProgress(progress);
    if (line !== undefined && !options.json) print([line]);
    if (progress.kind === 'waiting') throw undecided(rotation, progress.question);
    if (progress.kind !== 'retrying') continue;
    const since = failingSince.get(progress.retry.step) ?? performance.now();
    failingSince.set(progress.retry.step, since);
    if (performance.now() - since >= patienceMs) throw stalled(rotation, progress.retry);
  }
  const outcome = await client.outcome(rotation);
  print(options.json ? [JSON.stringify({ ...rotation, ...outcome })] : renderOutcome(rotation.name, outcome));
}

function stalled(
  { name }: RotationHandle,
  { step, attempt, type, message }: { step: string; attempt: number; type: string; message: string },
): RotationStalledError {
  return new RotationStalledError(
    `${name}: ${message} The rotation waits in ${step} and goes on by itself once that is mended; \`rotor status ` +
      `${name}\` shows how it stands.`,
    { step, attempt, type },
  );
}

function parseToken(text: string): string {
  if (!/^[\x21-\x7e]{32,64}$/.test(text)) throw new InvalidArgumentError('Give 32 to 64 characters, such as a UUID.');
  return text;
}
