import { randomUUID } from 'node:crypto';
import { inspect } from 'node:util';
import { type SecretsManagerClient, type SecretsManagerClientConfig } from '@aws-sdk/client-secrets-manager';
import { createSecretsManagerClient, SecretsManagerStore } from '../../../adapters/secrets-manager';
import {
  MalformedSecretError,
  RotationError,
  RotationSupersededError,
  SecretNotFoundError,
  StoreAccessDeniedError,
  StoreRequestRefusedError,
  StoreThrottledError,
  StoreUnavailableError,
} from '../../../rotation/errors';
import { Sensitive } from '../../../rotation/sensitive';
import { rawText, startStubEndpoint, type Answer, type ReceivedCall, type StubEndpoint } from './stub-endpoint';

const secretId = 'prod/app';
const arn = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:prod/app-AbCdEf';
const [current, pending] = [randomUUID(), randomUUID()];
const found = { ARN: arn, Name: secretId };

let endpoint: StubEndpoint | undefined;
const clients: SecretsManagerClient[] = [];

afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await endpoint?.close();
  endpoint = undefined;
});

function clientOf(url: string, overrides: SecretsManagerClientConfig = {}): SecretsManagerClient {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = createSecretsManagerClient({ endpoint: url, region: 'eu-central-1', credentials, ...overrides });
  clients.push(client);
  return client;
}

/** The adapter on an endpoint that answers each call so, without the SDK's retries. */
async function storeThatGets(
  answer: Answer | ((call: ReceivedCall, index: number) => Answer),
  overrides: SecretsManagerClientConfig = { maxAttempts: 1 },
): Promise<SecretsManagerStore> {
  endpoint = await startStubEndpoint(typeof answer === 'function' ? answer : () => answer);
  return new SecretsManagerStore({ client: clientOf(endpoint.url, overrides) });
}

async function failureOf(call: Promise<unknown>): Promise<RotationError> {
  const outcome = await call.then(
    () => 'nothing failed',
    (err: unknown) => err,
  );
  if (outcome instanceof RotationError) return outcome;
  throw new Error(`Expected an error of the domain, got ${inspect(outcome)}`);
}

const labelled = (labels: Record<string, string[]>): Answer => ({ members: { ...found, VersionIdsToStages: labels } });
const isDescribe = ({ operation }: ReceivedCall): boolean => operation === 'DescribeSecret';

describe('what it asks', () => {
  const value = { members: { ...found, VersionId: current, SecretString: '{}', VersionStages: ['AWSCURRENT'] } };

  it('names AWSCURRENT, for policies that permit reads of that label only', async () => {
    const store = await storeThatGets(value);

    await store.readLabel({ secretId, label: 'AWSCURRENT' });

    expect(endpoint?.calls).toEqual([
      { operation: 'GetSecretValue', members: { SecretId: secretId, VersionStage: 'AWSCURRENT' } },
    ]);
  });

  it('asks for a version by its id alone, so that a lost label is seen and not refused', async () => {
    const store = await storeThatGets(value);

    await store.readVersion({ secretId, versionId: pending });

    expect(endpoint?.calls).toEqual([
      { operation: 'GetSecretValue', members: { SecretId: secretId, VersionId: pending } },
    ]);
  });

  it('puts the value under the token that it is given', async () => {
    const store = await storeThatGets({ members: found });

    await store.putPending({ secretId, clientRequestToken: pending, text: new Sensitive('{"a":1}') });

    const members = { ClientRequestToken: pending, SecretString: '{"a":1}', VersionStages: ['AWSPENDING'] };
    expect(endpoint?.calls).toEqual([{ operation: 'PutSecretValue', members: { SecretId: secretId, ...members } }]);
  });

  it('closes a token under a label of its own, and takes that off', async () => {
    const store = await storeThatGets({ members: found });

    await expect(store.closeToken({ secretId, clientRequestToken: pending })).resolves.toBe(true);

    const version = { ClientRequestToken: pending, SecretString: '{}', VersionStages: ['ROTORCLOSED'] };
    const removal = { VersionStage: 'ROTORCLOSED', RemoveFromVersionId: pending };
    expect(endpoint?.calls).toEqual([
      { operation: 'PutSecretValue', members: { SecretId: secretId, ...version } },
      { operation: 'UpdateSecretVersionStage', members: { SecretId: secretId, ...removal } },
    ]);
  });

  it('moves AWSCURRENT from the version that it is given and no other', async () => {
    const store = await storeThatGets({ members: found });

    await store.moveCurrent({ secretId, from: current, to: pending });

    const members = { VersionStage: 'AWSCURRENT', RemoveFromVersionId: current, MoveToVersionId: pending };
    expect(endpoint?.calls).toEqual([
      { operation: 'UpdateSecretVersionStage', members: { SecretId: secretId, ...members } },
    ]);
  });
});

describe('what it understands', () => {
  it.each([
    ['an owning service', { OwningService: 'rds' }, { owningService: 'rds' }],
    ['AWS rotation that is on', { RotationEnabled: true }, { rotatedByAws: true }],
    ['AWS rotation that is off', { RotationEnabled: false }, { rotatedByAws: false }],
    ['replicas', { ReplicationStatus: [{ Region: 'eu-west-1', Status: 'InSync' }] }, { replicated: true }],
    ['no replica', { ReplicationStatus: [] }, { replicated: false }],
    ['a deletion date', { DeletedDate: 1_795_168_800 }, { deleted: true }],
  ])('tells of %s', async (_, members, expected) => {
    const store = await storeThatGets({ members: { ...found, ...members } });

    expect(await store.describe(secretId)).toMatchObject(expected);
  });

  it('refuses a secret that is binary', async () => {
    const store = await storeThatGets({ members: { ...found, VersionId: current, SecretBinary: 'AAEC' } });

    const error = await failureOf(store.readLabel({ secretId, label: 'AWSCURRENT' }));

    expect(error).toBeInstanceOf(MalformedSecretError);
    expect(error.message).toContain(secretId);
  });

  it('tells a missing version from a missing secret by asking for the secret', async () => {
    const withSecret = await storeThatGets((call) =>
      isDescribe(call) ? { members: found } : { error: 'ResourceNotFoundException' },
    );
    await expect(withSecret.readVersion({ secretId, versionId: pending })).resolves.toBeUndefined();
    await endpoint?.close();

    const withoutSecret = await storeThatGets({ error: 'ResourceNotFoundException' });
    await expect(withoutSecret.readVersion({ secretId, versionId: pending })).rejects.toThrow(SecretNotFoundError);
  });

  it('takes a token that is in use for a value that is stored', async () => {
    const store = await storeThatGets({ error: 'ResourceExistsException' });

    const put = store.putPending({ secretId, clientRequestToken: pending, text: new Sensitive('other') });

    await expect(put).resolves.toBeUndefined();
  });

  it('cannot close a token that is in use', async () => {
    const store = await storeThatGets({ error: 'ResourceExistsException' });

    await expect(store.closeToken({ secretId, clientRequestToken: pending })).resolves.toBe(false);
    expect(endpoint?.calls).toHaveLength(1);
  });
});

describe('a label that the service refuses to move', () => {
  const move = { secretId, from: current, to: pending };
  const refusing = (labels: Record<string, string[]>): Promise<SecretsManagerStore> =>
    storeThatGets((call) => (isDescribe(call) ? labelled(labels) : { error: 'InvalidParameterException' }));

  it('is where it belongs when an earlier attempt moved it', async () => {
    const store = await refusing({ [current]: ['AWSPREVIOUS'], [pending]: ['AWSCURRENT', 'AWSPENDING'] });

    await expect(store.moveCurrent(move)).resolves.toBeUndefined();
  });

  it('was moved by somebody else when another version holds it', async () => {
    const store = await refusing({ [randomUUID()]: ['AWSCURRENT'], [current]: ['AWSPREVIOUS'] });

    await expect(store.moveCurrent(move)).rejects.toThrow(RotationSupersededError);
  });

  it('is asked for again when the labels that are shown must be outdated', async () => {
    const store = await refusing({ [current]: ['AWSCURRENT'], [pending]: ['AWSPENDING'] });

    await expect(store.moveCurrent(move)).rejects.toThrow(StoreUnavailableError);
    await expect(store.removePending({ secretId, versionId: pending })).rejects.toThrow(StoreUnavailableError);
  });

  it('cannot go to a version that is not there', async () => {
    const store = await refusing({ [current]: ['AWSCURRENT'] });

    await expect(store.moveCurrent(move)).rejects.toThrow(StoreRequestRefusedError);
  });

  it('is off when another version or none holds AWSPENDING', async () => {
    const store = await refusing({ [current]: ['AWSCURRENT'], [randomUUID()]: ['AWSPENDING'] });

    await expect(store.removePending({ secretId, versionId: pending })).resolves.toBeUndefined();
  });

  it.each([
    ['is off when the closed version does not hold it', {}, true],
    ['is asked for again where the closed version holds it', { [pending]: ['ROTORCLOSED'] }, false],
  ])('%s', async (_, labels, isClosed) => {
    const store = await storeThatGets((call) => {
      if (isDescribe(call)) return labelled({ [current]: ['AWSCURRENT'], ...labels });
      return call.operation === 'PutSecretValue' ? { members: found } : { error: 'InvalidParameterException' };
    });

    const closed = store.closeToken({ secretId, clientRequestToken: pending });

    if (isClosed) await expect(closed).resolves.toBe(true);
    else await expect(closed).rejects.toThrow(StoreUnavailableError);
  });
});

describe('an answer that is lost', () => {
  it('does not repeat a put with another token', async () => {
    const store = await storeThatGets(
      (_, index) => (index === 0 ? { error: 'InternalServiceError', status: 500 } : { members: found }),
      {},
    );

    await store.putPending({ secretId, clientRequestToken: pending, text: new Sensitive('value') });

    expect(endpoint?.calls.map(({ members }) => members.ClientRequestToken)).toEqual([pending, pending]);
  });

  it('does not make a move that was made look like somebody else’s', async () => {
    const store = await storeThatGets((call, index) => {
      if (isDescribe(call)) return labelled({ [current]: ['AWSPREVIOUS'], [pending]: ['AWSCURRENT'] });
      return index === 0 ? 'reset' : { error: 'InvalidParameterException' };
    }, {});

    await expect(store.moveCurrent({ secretId, from: current, to: pending })).resolves.toBeUndefined();
    expect(endpoint?.calls).toHaveLength(3);
  });
});

describe('what it makes of an error', () => {
  it.each([
    {
      error: 'ResourceNotFoundException',
      status: 400,
      expected: SecretNotFoundError,
      told: 'has no secret "prod/app"',
    },
    {
      error: 'AccessDeniedException',
      status: 400,
      expected: StoreAccessDeniedError,
      told: 'secretsmanager:DescribeSecret on "prod/app"',
    },
    {
      error: 'SomethingNew',
      status: 403,
      expected: StoreAccessDeniedError,
      told: 'secretsmanager:DescribeSecret on "prod/app"',
    },
    {
      error: 'UnrecognizedClientException',
      status: 400,
      expected: StoreAccessDeniedError,
      told: "does not accept Rotor's AWS credentials",
    },
    { error: 'InvalidSignatureException', status: 400, expected: StoreAccessDeniedError, told: 'clock' },
    { error: 'InvalidClientTokenId', status: 403, expected: StoreAccessDeniedError, told: 'AWS_ACCESS_KEY_ID' },
    { error: 'ExpiredTokenException', status: 400, expected: StoreUnavailableError, told: 'AWS_SESSION_TOKEN' },
    { error: 'RequestExpired', status: 400, expected: StoreUnavailableError, told: 'clock' },
    {
      error: 'InvalidIdentityTokenException',
      status: 400,
      expected: StoreUnavailableError,
      told: 'No AWS credentials',
    },
    {
      error: 'InvalidRequestException',
      status: 400,
      expected: StoreRequestRefusedError,
      told: 'scheduled for deletion',
    },
    {
      error: 'InvalidParameterException',
      status: 400,
      expected: StoreRequestRefusedError,
      told: 'InvalidParameterException',
    },
    { error: 'ValidationException', status: 400, expected: StoreRequestRefusedError, told: 'name' },
    { error: 'SomethingNew', status: 400, expected: StoreRequestRefusedError, told: 'SomethingNew' },
    { error: 'LimitExceededException', status: 400, expected: StoreRequestRefusedError, told: 'too many versions' },
    { error: 'DecryptionFailure', status: 400, expected: StoreRequestRefusedError, told: 'KMS key' },
    { error: 'EncryptionFailure', status: 400, expected: StoreRequestRefusedError, told: 'KMS key' },
    { error: 'ThrottlingException', status: 400, expected: StoreThrottledError, told: 'slow down' },
    { error: 'TooManyRequestsException', status: 429, expected: StoreThrottledError, told: 'slow down' },
    { error: 'SomethingNew', status: 429, expected: StoreThrottledError, told: 'slow down' },
    { error: 'InternalServiceError', status: 500, expected: StoreUnavailableError, told: 'HTTP 500' },
    { error: 'SomethingNew', status: 503, expected: StoreUnavailableError, told: 'HTTP 503' },
  ])('$error with status $status is a $expected.name', async ({ error, status, expected, told }) => {
    const store = await storeThatGets({ error, status });

    const failure = await failureOf(store.describe(secretId));

    expect(failure).toBeInstanceOf(expected);
    expect(failure.message).toContain(told);
    expect(failure.ids).toEqual({ secretId, code: error });
    expect(inspect(failure, { depth: null, showHidden: true })).not.toContain(rawText);
  });

  it.each([
    { error: 'ThrottlingException', status: 400, retryAfter: '7', waitMs: 7_000 },
    { error: 'SomethingNew', status: 429, retryAfter: '0', waitMs: 1_000 },
    { error: 'SomethingNew', status: 503, retryAfter: '7', waitMs: 7_000 },
    { error: 'ServiceUnavailable', status: 503, retryAfter: '86400', waitMs: 300_000 },
    { error: 'ServiceUnavailable', status: 503, retryAfter: 'Wed, 21 Oct 2015 07:28:00 GMT', waitMs: 1_000 },
    { error: 'ServiceUnavailable', status: 503, retryAfter: 'soon', waitMs: undefined },
    { error: 'ThrottlingException', status: 400, retryAfter: undefined, waitMs: undefined },
    { error: 'AccessDeniedException', status: 400, retryAfter: '7', waitMs: undefined },
  ])('$error with status $status and Retry-After: $retryAfter waits for $waitMs ms', async ({ waitMs, ...answer }) => {
    const store = await storeThatGets(answer);

    expect((await failureOf(store.describe(secretId))).retryAfterMs).toBe(waitMs);
  });

  it('waits for a date of Retry-After', async () => {
    const retryAfter = new Date(Date.now() + 60_000).toUTCString();
    const store = await storeThatGets({ error: 'ThrottlingException', retryAfter });

    const { retryAfterMs } = await failureOf(store.describe(secretId));

    expect(retryAfterMs).toBeGreaterThan(55_000);
    expect(retryAfterMs).toBeLessThanOrEqual(60_000);
  });

  it.each([
    ['GetSecretValue', (store: SecretsManagerStore) => store.readLabel({ secretId, label: 'AWSCURRENT' })],
    [
      'PutSecretValue',
      (store: SecretsManagerStore) =>
        store.putPending({ secretId, clientRequestToken: pending, text: new Sensitive('x') }),
    ],
    ['UpdateSecretVersionStage', (store: SecretsManagerStore) => store.removePending({ secretId, versionId: pending })],
  ])('names the permission for %s', async (operation, call) => {
    const store = await storeThatGets({ error: 'AccessDeniedException' });

    const failure = await failureOf(call(store));

    expect(failure.message).toContain(`secretsmanager:${operation} on "prod/app"`);
  });

  it.each([
    ['a page of HTML as a failure', { body: '<html>canary-5e11</html>', status: 500 }, StoreUnavailableError],
    ['a page of HTML as a success', { body: '<html>canary-5e11</html>', status: 200 }, StoreUnavailableError],
    ['a page of HTML as not found', { body: '<html>canary-5e11</html>', status: 404 }, StoreRequestRefusedError],
    ['members that are not its own', { body: '{"hello":"canary-5e11"}', status: 200 }, StoreUnavailableError],
    ['nothing at all', 'reset' as const, StoreUnavailableError],
  ])('does not show what an endpoint says that answers %s', async (_, answer, expected) => {
    const store = await storeThatGets(answer);

    const failure = await failureOf(store.describe(secretId));

    expect(failure).toBeInstanceOf(expected);
    expect(inspect(failure, { depth: null, showHidden: true })).not.toContain('canary');
  });
});

describe('credentials', () => {
  it('that nobody provides for a moment are waited for, and asked for again at the next call', async () => {
    let isThere = false;
    const provider = (): Promise<{ accessKeyId: string; secretAccessKey: string }> => {
      if (isThere) return Promise.resolve({ accessKeyId: 'local', secretAccessKey: 'local' });
      const failure = Object.assign(new Error('canary-5e11'), { name: 'CredentialsProviderError' });
      return Promise.reject(failure);
    };
    const body = JSON.stringify({ ARN: secretId, Name: secretId, VersionIdsToStages: {} });
    const store = await storeThatGets({ body, status: 200 }, { maxAttempts: 1, credentials: provider });

    const failure = await failureOf(store.describe(secretId));
    isThere = true;

    expect(failure).toMatchObject({ name: 'StoreUnavailable', retryable: true });
    expect(failure.message).toContain('No AWS credentials were found for DescribeSecret on "prod/app"');
    expect(failure.message).not.toContain('canary');
    await expect(store.describe(secretId)).resolves.toMatchObject({ arn: secretId });
  });
});

describe('an endpoint in trouble', () => {
  it('is named when nothing listens there', async () => {
    await storeThatGets('reset');
    const url = endpoint?.url ?? '';
    await endpoint?.close();
    endpoint = undefined;

    const failure = await failureOf(new SecretsManagerStore({ client: clientOf(url) }).describe(secretId));

    expect(failure).toBeInstanceOf(StoreUnavailableError);
    expect(failure.message).toContain(url);
    expect(failure.ids).toMatchObject({ secretId });
  });

  it('is named when it never answers', async () => {
    const requestHandler = { requestTimeout: 100, throwOnRequestTimeout: true };
    const store = await storeThatGets('silence', { maxAttempts: 2, requestHandler });

    const failure = await failureOf(store.describe(secretId));

    expect(failure).toBeInstanceOf(StoreUnavailableError);
    expect(failure.message).toContain(endpoint?.url);
    expect(endpoint?.calls).toHaveLength(2);
  });

  it('is asked again when it throttles for a moment', async () => {
    const store = await storeThatGets(
      (_, index) => (index === 0 ? { error: 'ThrottlingException' } : { members: found }),
      {},
    );

    expect(await store.describe(secretId)).toMatchObject({ arn });
  });
});

describe('a call that is called off', () => {
  it('ends at once with the reason, though the endpoint never answers', async () => {
    const cancellation = new AbortController();
    const reason = new Error('the step was cancelled');
    endpoint = await startStubEndpoint(() => {
      cancellation.abort(reason);
      return 'silence';
    });
    const store = new SecretsManagerStore({ client: clientOf(endpoint.url), signal: cancellation.signal });

    await expect(store.describe(secretId)).rejects.toBe(reason);
  });

  it('asks nothing when it was called off before', async () => {
    await storeThatGets({ members: found });
    const reason = new Error('the step was cancelled');
    const client = clientOf(endpoint?.url ?? '');

    const call = new SecretsManagerStore({ client, signal: AbortSignal.abort(reason) }).describe(secretId);

    await expect(call).rejects.toBe(reason);
    expect(endpoint?.calls).toEqual([]);
  });
});
