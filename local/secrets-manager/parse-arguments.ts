import { Command, InvalidArgumentError, Option } from 'commander';
import { defaultAdminPath, defaultRegion, type SecretsManagerOptions } from './endpoint-options';

interface Flags {
  readonly port: number;
  readonly host: string;
  readonly folder?: string;
  readonly region: string;
  readonly allowRemote?: boolean;
  readonly enforceQuotas?: number;
  readonly admin?: boolean;
  readonly lambdaEndpoint?: string;
  readonly rotationUrl?: string;
}

/** The program's environment, as far as it reads it. */
export interface ProgramEnvironment {
  readonly ROTOR_SECRETS_ACCESS_KEY_ID?: string | undefined;
  readonly ROTOR_SECRETS_SECRET_ACCESS_KEY?: string | undefined;
  readonly ROTOR_SECRETS_ENCRYPTION_KEY?: string | undefined;
}

/** The port of the program, where none is asked for. */
const defaultPort = 7070;

const help = `
Keys come from the environment, never from the command line:
  ROTOR_SECRETS_ACCESS_KEY_ID, ROTOR_SECRETS_SECRET_ACCESS_KEY   what requests are signed with (public defaults otherwise)
  ROTOR_SECRETS_ENCRYPTION_KEY   32 bytes in base64 that the folder is encrypted with (otherwise a key file in it)`;

/**
 * The options that a command line and its environment stand for.
 *
 * Misuse ends the process with status 2, and `--help` with 0, after a text that says so.
 */
export function parseArguments(argv: readonly string[], environment: ProgramEnvironment): SecretsManagerOptions {
  const command = describeCommand().parse(argv);
  const { lambdaEndpoint, rotationUrl, admin = false, ...flags } = command.opts<Flags>();
  const { ROTOR_SECRETS_ACCESS_KEY_ID: accessKeyId, ROTOR_SECRETS_SECRET_ACCESS_KEY: secretAccessKey } = environment;
  if ((accessKeyId === undefined) !== (secretAccessKey === undefined)) {
    command.error('error: set both ROTOR_SECRETS_ACCESS_KEY_ID and ROTOR_SECRETS_SECRET_ACCESS_KEY, or neither');
  }
  const credentials =
    accessKeyId === undefined || secretAccessKey === undefined ? undefined : { accessKeyId, secretAccessKey };
  const url = rotationUrl === undefined ? undefined : { url: rotationUrl };
  return {
    ...flags,
    credentials,
    encryptionKey: environment.ROTOR_SECRETS_ENCRYPTION_KEY,
    adminPath: admin ? defaultAdminPath : undefined,
    logCalls: admin,
    rotationFunction: lambdaEndpoint === undefined ? url : { lambdaEndpoint },
  };
}

function describeCommand(): Command {
  return new Command('rotor-secrets')
    .description('A local AWS Secrets Manager: faithful, durable, on loopback.')
    .option('--port <number>', 'port to listen on, 0 for a free one', toPort, defaultPort)
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--folder <path>', 'where the secrets are kept; in memory only if absent')
    .option('--region <name>', 'the Region to tell clients', defaultRegion)
    .option('--allow-remote', 'allow a host that is not loopback; values then cross the network in clear')
    .addOption(
      new Option('--enforce-quotas [share]', 'answer ThrottlingException beyond the quotas of the service, or a share')
        .argParser(toShare)
        .preset('1'),
    )
    .option('--admin', `serve the test controls under ${defaultAdminPath}`)
    .option('--lambda-endpoint <url>', 'address of the AWS Lambda Invoke API that has the rotation functions', toUrl)
    .addOption(
      new Option('--rotation-url <url>', 'address that rotation events are posted to')
        .argParser(toUrl)
        .conflicts('lambdaEndpoint'),
    )
    .allowExcessArguments(false)
    .addHelpText('after', help)
    .showHelpAfterError('(see --help)')
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2));
}

function toPort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : NaN;
  if (port <= 65_535) return port;
  throw new InvalidArgumentError('A port is a number from 0 to 65535.');
}

function toShare(text: string): number {
  const share = /^[\d.]+$/.test(text) ? Number(text) : NaN;
  if (share >= 0.02 && share <= 1) return share;
  throw new InvalidArgumentError('A share of the quotas is a number from 0.02 to 1.');
}

function toUrl(text: string): string {
  if (/^https?:$/.test(URL.canParse(text) ? new URL(text).protocol : '')) return text;
  throw new InvalidArgumentError('An address is http://… or https://….');
}
