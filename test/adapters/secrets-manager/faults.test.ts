import { randomUUID } from 'node:crypto';
import { CreateSecretCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { createSecretsManagerClient, SecretsManagerStore } from '../../../adapters/secrets-manager';
import { type Fault, startSecretsManager, type SecretsManagerEndpoint } from '../../../local/secrets-manager';
import { StoreThrottledError, StoreUnavailableError } from '../../../rotation/errors';
import { Sensitive } from '../../../rotation/sensitive';

let endpoint: SecretsManagerEndpoint;
let client: SecretsManagerClient;
let store: SecretsManagerStore;

beforeAll(async () => {
  endpoint = await startSecretsManager({ port: 0 });
  const { url, region, credentials } = endpoint;
  client = createSecretsManagerClient({ endpoint: url, region, credentials });
  store = new SecretsManagerStore({ client });
});

afterEach(() => {
  endpoint.controls.faults.clear();
});

afterAll(async () => {
  client.destroy();
  await endpoint.close();
});

async function aSecret(): Promise<{ secretId: string; first: string; token: string }> {
  const command = new CreateSecretCommand({ Name: `faults/${randomUUID()}`, SecretString: 'first' });
  const { ARN: secretId = '', VersionId: first = '' } = await client.send(command);
  return { secretId, first, token: randomUUID() };
}

const text = new Sensitive('second');

describe.each<Fault>([
  { kind: 'fail-before', count: 1 },
  { kind: 'fail-after', count: 1 },
  { kind: 'drop', count: 1 },
  { kind: 'fail-after', count: 2 },
])('a call that meets $kind, $count times', (fault) => {
  it('stores a value once', async () => {
    const { secretId, first, token } = await aSecret();
    endpoint.controls.faults.arm({ ...fault, operation: 'PutSecretValue' });

    await store.putPending({ secretId, clientRequestToken: token, text });

    expect((await store.describe(secretId)).labels).toEqual({ [first]: ['AWSCURRENT'], [token]: ['AWSPENDING'] });
    expect((await store.readVersion({ secretId, versionId: token }))?.text.reveal()).toBe('second');
  });

  it('moves AWSCURRENT once and takes AWSPENDING off once', async () => {
    const { secretId, first, token } = await aSecret();
    await store.putPending({ secretId, clientRequestToken: token, text });
    endpoint.controls.faults.arm({ ...fault, operation: 'UpdateSecretVersionStage' });

    await store.moveCurrent({ secretId, from: first, to: token });
    endpoint.controls.faults.arm({ ...fault, operation: 'UpdateSecretVersionStage' });
    await store.removePending({ secretId, versionId: token });

    expect((await store.describe(secretId)).labels).toEqual({ [first]: ['AWSPREVIOUS'], [token]: ['AWSCURRENT'] });
  });
});

it.each([
  ['throttle', StoreThrottledError],
  ['fail-before', StoreUnavailableError],
] as const)('gives up on an endpoint that goes on with %s, and has changed nothing', async (kind, expected) => {
  const { secretId, first, token } = await aSecret();
  endpoint.controls.faults.arm({ kind, count: 3 });

  await expect(store.putPending({ secretId, clientRequestToken: token, text })).rejects.toThrow(expected);

  expect((await store.describe(secretId)).labels).toEqual({ [first]: ['AWSCURRENT'] });
});

it('changes nothing when it repeats a put that it gave up on', async () => {
  const { secretId, first, token } = await aSecret();
  endpoint.controls.faults.arm({ kind: 'fail-after', count: 3 });
  await expect(store.putPending({ secretId, clientRequestToken: token, text })).rejects.toThrow(StoreUnavailableError);

  await store.putPending({ secretId, clientRequestToken: token, text: new Sensitive('third') });

  expect((await store.describe(secretId)).labels).toEqual({ [first]: ['AWSCURRENT'], [token]: ['AWSPENDING'] });
  expect((await store.readVersion({ secretId, versionId: token }))?.text.reveal()).toBe('second');
});

it('knows no version that was just written and cannot be read yet', async () => {
  const { secretId, token } = await aSecret();
  endpoint.controls.faults.arm({ kind: 'hide', operation: 'PutSecretValue', ms: 60_000 });
  await store.putPending({ secretId, clientRequestToken: token, text });

  await expect(store.readVersion({ secretId, versionId: token })).resolves.toBeUndefined();
});
