import { InvalidArgumentError, Option, type Command } from 'commander';
import {
  RotationStalledError,
  strategyNames,
  type RotateSecretRequest,
  type RotationClient,
  type RotationHandle,
  type StrategyName,
} from '../client';
import { undecided } from './follow-to-end';
import { print } from './print';
import { renderOutcome, renderProgress } from './render-rotation';
import { type CommandOptions } from './run-command';
import { withClient } from './with-client';

interface RotateOptions extends CommandOptions {
  readonly wait?: boolean;
  readonly days?: number;
  readonly schedule?: string;
  readonly duration?: string;
  readonly testOnly?: boolean;
  readonly strategy?: StrategyName;
  readonly superuserSecret?: string;
  readonly token?: string;
}

/** How long a step may fail again and again before waiting is left to the rotation itself. */
const patienceMs = 5_000;

/** `rotor rotate <secret>`: asks for a rotation, and with `--wait` follows it to its end. */
export function addRotate(program: Command): void {
  program
    .command('rotate <secret>')
    .description('rotate a secret now (name or ARN)')
    .option('--wait', 'follow the rotation to its end; exit code 1 if it fails')
    .option('--days <n>', 'also rotate every n days from now on (1 to 1000)', parseDays)
    .addOption(new Option('--schedule <expression>', "also rotate by AWS's rate(…) or cron(…)").conflicts('days'))
    .option('--duration <hours>', 'how long the window for a scheduled rotation is, such as 3h')
    .option('--test-only', 'store the schedule and test the current credential, but do not rotate now')
    .addOption(new Option('--strategy <name>', 'how to rotate from now on').choices(strategyNames))
    .option('--superuser-secret <secret>', "the ARN or name of the superuser's secret, for strategies that need one")
    .option('--token <token>', 'ClientRequestToken: the same token again is the same rotation', parseToken)
    .option('--json', 'print the result as JSON')
    .action(rotate);
}

async function rotate(secretId: string, options: RotateOptions): Promise<void> {
  await withClient(async (client) => {
    const rotation = await client.rotateSecret({
      secretId,
      ...rulesFrom(options),
      ...configurationFrom(options),
      ...(options.token === undefined ? {} : { clientRequestToken: options.token }),
      ...(options.testOnly ? { rotateImmediately: false } : {}),
    });
    if (options.wait) await finish(client, rotation, options);
    else accepted(rotation, options);
  });
}

function rulesFrom({ days, schedule, duration }: RotateOptions): Pick<RotateSecretRequest, 'rotationRules'> {
  const window = duration === undefined ? {} : { duration };
  if (days !== undefined) return { rotationRules: { automaticallyAfterDays: days, ...window } };
  return schedule === undefined ? {} : { rotationRules: { scheduleExpression: schedule, ...window } };
}

function configurationFrom({ strategy, superuserSecret }: RotateOptions): Pick<RotateSecretRequest, 'configuration'> {
  if (strategy === undefined && superuserSecret === undefined) return {};
  return {
    configuration: {
      ...(strategy === undefined ? {} : { strategy }),
      ...(superuserSecret === undefined ? {} : { superuserSecretId: superuserSecret }),
    },
  };
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

function parseDays(text: string): number {
  const days = Number(text);
  if (!/^\d+$/.test(text) || days < 1 || days > 1_000)
    throw new InvalidArgumentError('Give a whole number, 1 to 1000.');
  return days;
}

function parseToken(text: string): string {
  if (!/^[\x21-\x7e]{32,64}$/.test(text)) throw new InvalidArgumentError('Give 32 to 64 characters, such as a UUID.');
  return text;
}
