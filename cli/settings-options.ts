import { InvalidArgumentError, Option, type Command } from 'commander';
import { readConfigurationFile, strategyNames, type RotationSettings, type StrategyName } from '../client';

/** The options that say how and when a secret is rotated from now on. */
export interface SettingsOptions {
  readonly config?: string;
  readonly days?: number;
  readonly schedule?: string;
  readonly duration?: string;
  readonly strategy?: StrategyName;
  readonly superuserSecret?: string;
}

/** Adds the options of {@link SettingsOptions} to a verb. */
export function addSettingsOptions(command: Command): Command {
  return command
    .option('--config <file>', 'how and when to rotate, from a YAML or JSON file; the options below win over it')
    .option('--days <n>', 'rotate every n days from now on (1 to 1000)', parseDays)
    .addOption(
      new Option('--schedule <expression>', "rotate by AWS's rate(…) or cron(…) from now on").conflicts('days'),
    )
    .option('--duration <hours>', 'how long the window for a scheduled rotation is, such as 3h')
    .addOption(new Option('--strategy <name>', 'how to rotate from now on').choices(strategyNames))
    .option('--superuser-secret <secret>', "the ARN or name of the superuser's secret, for strategies that need one");
}

/**
 * What the options say, over what their file says.
 *
 * @throws ConfigurationInvalidError for a file that cannot be used.
 */
export async function settingsFrom(options: SettingsOptions, command: Command): Promise<RotationSettings> {
  const file = options.config === undefined ? {} : await readConfigurationFile(options.config);
  const rotationRules = rulesFrom(options, file);
  const configuration = configurationFrom(options, file);
  if (options.duration !== undefined && !rotationRules)
    command.error("error: option '--duration' needs '--days', '--schedule' or rules in the file of '--config'");
  return { ...(configuration ? { configuration } : {}), ...(rotationRules ? { rotationRules } : {}) };
}

function rulesFrom(
  { days, schedule, duration }: SettingsOptions,
  file: RotationSettings,
): RotationSettings['rotationRules'] {
  const window = duration === undefined ? {} : { duration };
  if (days !== undefined) return { automaticallyAfterDays: days, ...window };
  if (schedule !== undefined) return { scheduleExpression: schedule, ...window };
  return file.rotationRules && { ...file.rotationRules, ...window };
}

function configurationFrom(
  { strategy, superuserSecret }: SettingsOptions,
  file: RotationSettings,
): RotationSettings['configuration'] {
  if (strategy === undefined && superuserSecret === undefined) return file.configuration;
  return {
    ...file.configuration,
    ...(strategy === undefined ? {} : { strategy }),
    ...(superuserSecret === undefined ? {} : { superuserSecretId: superuserSecret }),
  };
}

function parseDays(text: string): number {
  const days = Number(text);
  if (!/^\d+$/.test(text) || days < 1 || days > 1_000)
    throw new InvalidArgumentError('Give a whole number, 1 to 1000.');
  return days;
}
