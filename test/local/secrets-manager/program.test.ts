import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultAdminPath } from '../../../local/secrets-manager';
import { addressOf, removeProgram, type RunningProgram, startProgram, stopProgram } from './running-program';
import { callOperation, sendRaw } from './wire-client';

describe('the program', () => {
  let folder: string;
  const started: RunningProgram[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rotor-secrets-'));
  });

  afterEach(async () => {
    for (const { child, ended } of started.splice(0)) {
      child.kill('SIGKILL');
      await ended;
    }
    await rm(folder, { recursive: true });
  });

  afterAll(removeProgram);

  async function start(...given: Parameters<typeof startProgram>): Promise<RunningProgram> {
    const program = await startProgram(...given);
    started.push(program);
    return program;
  }

  it('says where it listens and which keys to use, serves, and stops cleanly', async () => {
    const program = await start(['--port', '0', '--folder', folder]);
    const address = await addressOf(program);

    const { status } = await callOperation(address, { operation: 'ListSecrets', input: {} });

    expect(status).toBe(200);
    expect(program.output()).toContain(`AWS_ENDPOINT_URL_SECRETS_MANAGER=${address.url}`);
    expect(program.output()).toContain(address.credentials.secretAccessKey);
    expect(await stopProgram(program)).toBe(0);
    expect(program.errors()).toBe('');
  });

  it('stops on SIGINT too', async () => {
    const program = await start(['--port', '0']);
    await addressOf(program);
    program.child.kill('SIGINT');

    expect(await program.ended).toBe(0);
  });

  it('takes its keys from the environment and does not repeat the secret one', async () => {
    const credentials = { accessKeyId: 'MINE', secretAccessKey: 'canary-key' };
    const env = { ROTOR_SECRETS_ACCESS_KEY_ID: 'MINE', ROTOR_SECRETS_SECRET_ACCESS_KEY: 'canary-key' };
    const program = await start(['--port', '0', '--region', 'eu-west-3'], { env });
    const address = { ...(await addressOf(program)), credentials };

    expect((await callOperation(address, { operation: 'ListSecrets', input: {} })).status).toBe(200);
    expect(program.output()).toContain('AWS_REGION=eu-west-3');
    expect(program.output()).not.toContain('canary-key');
  });

  it('keeps secrets across restarts, unreadable on the disk', async () => {
    const first = await start(['--port', '0', '--folder', folder]);
    const input = { Name: 'canary-name', ClientRequestToken: randomUUID(), SecretString: 'canary-value' };
    await callOperation(await addressOf(first), { operation: 'CreateSecret', input });
    await stopProgram(first);

    const second = await start(['--port', '0', '--folder', folder]);
    const read = { operation: 'GetSecretValue', input: { SecretId: 'canary-name' } };
    const { body } = await callOperation(await addressOf(second), read);

    expect(body.SecretString).toBe('canary-value');
    expect((await readFile(join(folder, 'journal'))).toString('latin1')).not.toMatch(/canary/);
    expect((await stat(join(folder, 'key'))).mode & 0o777).toBe(0o600);
  });

  it('needs no key file when the environment has the key', async () => {
    const env = { ROTOR_SECRETS_ENCRYPTION_KEY: randomBytes(32).toString('base64') };
    await stopProgram(await listening(['--port', '0', '--folder', folder], env));

    await expect(stat(join(folder, 'key'))).rejects.toThrow('ENOENT');
    await stopProgram(await listening(['--port', '0', '--folder', folder], env));
    const other = await start(['--folder', folder, '--port', '0'], {
      env: { ROTOR_SECRETS_ENCRYPTION_KEY: randomBytes(32).toString('base64') },
    });
    expect(await other.ended).toBe(1);
    expect(other.errors()).toContain('another encryption key');
  });

  it('serves test controls and enforces quotas only when asked', async () => {
    const program = await start(['--port', '0', '--admin', '--enforce-quotas', '0.02']); // one a second
    const address = await addressOf(program);
    const create = (Name: string): ReturnType<typeof callOperation> =>
      callOperation(address, { operation: 'CreateSecret', input: { Name, ClientRequestToken: randomUUID() } });

    const [, second] = [await create('one'), await create('two')];
    const { status } = await sendRaw(`${address.url}${defaultAdminPath}/calls`, {
      method: 'GET',
      headers: {},
      body: '',
    });

    expect(status).toBe(200);
    expect(second.body.__type).toBe('ThrottlingException');
  });

  it('says in one line that the port is taken', async () => {
    const first = await start(['--port', '0']);
    const { port } = new URL((await addressOf(first)).url);

    const second = await start(['--port', port]);

    expect(await second.ended).toBe(1);
    expect(second.errors()).toBe(`rotor-secrets: 127.0.0.1:${port} is taken by another program\n`);
  });

  it('says in one line that the folder is in use', async () => {
    const first = await listening(['--port', '0', '--folder', folder]);

    const second = await start(['--port', '0', '--folder', folder]);

    expect(await second.ended).toBe(1);
    expect(second.errors()).toBe(`rotor-secrets: The folder ${folder} is in use by process ${first.child.pid ?? 0}.\n`);
  });

  it('says in one line where the journal is damaged', async () => {
    await stopProgram(await listening(['--port', '0', '--folder', folder]));
    const journal = join(folder, 'journal');
    const { length } = await readFile(journal);
    await writeFile(journal, 'damage\n', { flag: 'a' });

    const program = await start(['--port', '0', '--folder', folder]);

    expect(await program.ended).toBe(1);
    expect(program.errors()).toMatch(
      new RegExp(`^rotor-secrets: The journal ${journal} is damaged at offset ${length}\\..*\n$`),
    );
  });

  it.each([
    [['--colour', 'red'], 'unknown option'],
    [['--port', 'x'], 'A port is a number'],
    [['--port', '65536'], 'A port is a number'],
    [['--enforce-quotas', '2'], 'A share of the quotas is'],
    [['--enforce-quotas', '0'], 'A share of the quotas is'],
    [['extra'], 'too many arguments'],
    [['--rotation-url', 'file:///x'], 'An address is'],
    [['--rotation-url', 'http://x', '--lambda-endpoint', 'http://x'], 'cannot be used with'],
    [['--host', '0.0.0.0'], 'not loopback'],
  ])('exits 2 when misused: %j', async (args, message) => {
    const program = await start(args);

    expect(await program.ended).toBe(2);
    expect(program.errors()).toContain(message);
  });

  it('exits 2 when only one of two keys is set', async () => {
    const program = await start([], { env: { ROTOR_SECRETS_ACCESS_KEY_ID: 'x' } });

    expect(await program.ended).toBe(2);
    expect(program.errors()).toContain('ROTOR_SECRETS_SECRET_ACCESS_KEY');
  });

  it('answers a full disk with an internal error, keeps nothing by halves, and goes on once there is room', async () => {
    const program = await start(['--port', '0', '--folder', folder], { fileLimit: 64 });
    const address = await addressOf(program);
    const put = (Name: string, length: number): ReturnType<typeof callOperation> =>
      callOperation(address, {
        operation: 'CreateSecret',
        input: { Name, ClientRequestToken: randomUUID(), SecretString: 's'.repeat(length) },
      });

    expect((await put('small', 10)).status).toBe(200);
    const [tooLarge, alongside] = await Promise.all([put('large', 60_000), put('alongside', 10)]);
    const after = await put('after', 10);

    expect([tooLarge.status, tooLarge.body.__type]).toEqual([500, 'InternalServiceError']);
    expect(after.status).toBe(200);
    const kept = ['small', 'after', ...(alongside.status === 200 ? ['alongside'] : [])].sort();
    expect(await names(address)).toEqual(kept);
    await stopProgram(program);
    const again = await start(['--port', '0', '--folder', folder]);
    expect(await names(await addressOf(again))).toEqual(kept);
  });

  async function listening(args: readonly string[], env: Record<string, string> = {}): Promise<RunningProgram> {
    const program = await start(args, { env });
    await addressOf(program);
    return program;
  }
});

async function names(address: Parameters<typeof callOperation>[0]): Promise<string[]> {
  const { body } = await callOperation(address, { operation: 'ListSecrets', input: {} });
  return (body.SecretList as { Name: string }[]).map(({ Name }) => Name).sort();
}
