import { execFile, execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type RotationEvent, type SecretsManagerEndpoint, startSecretsManager } from '../../../local/secrets-manager';
import { until } from './scenario';

const run = promisify(execFile);
const venv = join(homedir(), '.cache/rotor/boto3');
const python = join(venv, 'bin/python');
const functionArn = 'arn:aws:lambda:us-east-1:000000000000:function:small';
const installMs = 5 * 60_000;

/** Why a client cannot be had here, or undefined once it can. */
type Missing = string | undefined;

describe('boto3 from PyPI', () => {
  itWith('boto3', prepareBoto3())('creates, puts pending, promotes, detaches, rolls back and rotates', async () => {
    const port = await freePort();
    const endpoint = await startSecretsManager({ rotationFunction: { url: `http://127.0.0.1:${port}/` } });
    const script = join(__dirname, 'foreign-client.py');

    const { stdout } = await run(python, [script, `${port}`], { env: environmentFor(endpoint) });
    await endpoint.close();

    expect(stdout).toBe('done\n');
  });
});

describe('the AWS CLI from Debian', () => {
  const program = '/usr/bin/aws';
  const itWithCli = itWith('the AWS CLI', prepareCli(program));
  let endpoint: SecretsManagerEndpoint;

  beforeAll(async () => {
    endpoint = await startSecretsManager({ rotationFunction: (event) => step(event) });
  });

  afterAll(() => endpoint.close());

  async function aws(command: string, options: Readonly<Record<string, string>>): Promise<Record<string, unknown>> {
    const flags = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
    // This version does not know the environment's endpoint yet.
    const args = ['--endpoint-url', endpoint.url, 'secretsmanager', command, ...flags];
    const { stdout } = await run(program, args, { env: environmentFor(endpoint) });
    return stdout === '' ? {} : (JSON.parse(stdout) as Record<string, unknown>);
  }

  async function step({ Step, SecretId, ClientRequestToken }: RotationEvent): Promise<void> {
    if (Step === 'createSecret') await putPending(SecretId, { token: ClientRequestToken, value: 'rotated' });
    if (Step === 'finishSecret') await promote(SecretId, { from: await currentId(SecretId), to: ClientRequestToken });
  }

  async function putPending(id: string, { token, value }: { token: string; value: string }): Promise<void> {
    const options = { 'secret-id': id, 'client-request-token': token, 'secret-string': value };
    await aws('put-secret-value', { ...options, 'version-stages': 'AWSPENDING' });
  }

  async function promote(id: string, { from, to }: { from: string; to: string }): Promise<void> {
    const move = { 'move-to-version-id': to, 'remove-from-version-id': from };
    await aws('update-secret-version-stage', { 'secret-id': id, 'version-stage': 'AWSCURRENT', ...move });
  }

  async function currentId(id: string): Promise<string> {
    return String((await aws('get-secret-value', { 'secret-id': id })).VersionId);
  }

  async function labels(id: string): Promise<unknown> {
    return (await aws('describe-secret', { 'secret-id': id })).VersionIdsToStages;
  }

  itWithCli('creates, puts pending, promotes, detaches and rolls back', async () => {
    const [first, second] = [randomUUID(), randomUUID()];
    await aws('create-secret', { name: 'cli', 'secret-string': 'one', 'client-request-token': first });
    await putPending('cli', { token: second, value: 'two' });
    expect(await labels('cli')).toEqual({ [first]: ['AWSCURRENT'], [second]: ['AWSPENDING'] });

    await promote('cli', { from: first, to: second });
    const detach = { 'version-stage': 'AWSPENDING', 'remove-from-version-id': second };
    await aws('update-secret-version-stage', { 'secret-id': 'cli', ...detach });
    expect(await labels('cli')).toEqual({ [first]: ['AWSPREVIOUS'], [second]: ['AWSCURRENT'] });

    await promote('cli', { from: second, to: first });
    expect(await labels('cli')).toEqual({ [first]: ['AWSCURRENT'], [second]: ['AWSPREVIOUS'] });
    await expect(aws('get-secret-value', { 'secret-id': 'none' })).rejects.toThrow('ResourceNotFoundException');
  });

  itWithCli('rotates with a small rotation function', async () => {
    const [first, second] = [randomUUID(), randomUUID()];
    await aws('create-secret', { name: 'cli/rotated', 'secret-string': 'one', 'client-request-token': first });

    const options = { 'rotation-lambda-arn': functionArn, 'rotation-rules': 'AutomaticallyAfterDays=30' };
    await aws('rotate-secret', { 'secret-id': 'cli/rotated', 'client-request-token': second, ...options });
    await until(() => endpoint.controls.events.list().some(({ name }) => name === 'RotationSucceeded'), 'no rotation');

    expect(await labels('cli/rotated')).toEqual({ [first]: ['AWSPREVIOUS'], [second]: ['AWSCURRENT'] });
    expect((await aws('get-secret-value', { 'secret-id': 'cli/rotated' })).SecretString).toBe('rotated');
  });
});

/** Runs a test with its client, or skips it by name with the reason; with CI=true it fails instead. */
function itWith(client: string, missing: Missing): (name: string, test: () => Promise<void>) => void {
  if (missing === undefined) return it;
  const reason = `${client} cannot be had here: ${missing}`;
  if (process.env.CI !== 'true')
    return (name, test) => {
      it.skip(`${name} (skipped: ${reason})`, test);
    };
  return (name) => {
    it(name, () => Promise.reject(new Error(reason)));
  };
}

function prepareBoto3(): Missing {
  if (canRun(python, ['-c', 'import boto3'])) return undefined;
  try {
    install('python3', ['-m', 'venv', venv]);
    install(python, ['-m', 'pip', 'install', '--quiet', 'boto3']);
    return undefined;
  } catch (error) {
    return firstLine(error);
  }
}

function prepareCli(program: string): Missing {
  if (existsSync(program)) return undefined;
  if (process.getuid?.() !== 0) return 'it is not installed, and installing it needs root';
  try {
    install('apt-get', ['install', '-y', 'awscli']);
    return undefined;
  } catch (error) {
    return firstLine(error);
  }
}

function canRun(program: string, args: readonly string[]): boolean {
  try {
    install(program, args);
    return true;
  } catch {
    return false;
  }
}

function install(program: string, args: readonly string[]): void {
  execFileSync(program, args, { stdio: 'pipe', timeout: installMs });
}

function firstLine(error: unknown): string {
  return error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
}

/** Nothing of the user's own configuration reaches the client. */
function environmentFor({ url, region, credentials }: SecretsManagerEndpoint): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '',
    AWS_ENDPOINT_URL_SECRETS_MANAGER: url,
    AWS_ENDPOINT_URL: url,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_CONFIG_FILE: '/nonexistent',
    AWS_SHARED_CREDENTIALS_FILE: '/nonexistent',
    AWS_PAGER: '',
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
