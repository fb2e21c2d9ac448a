import { DescribeSecretCommand } from '@aws-sdk/client-secrets-manager';
import { createSecretsManagerClient, SecretsManagerStore } from '../../../adapters/secrets-manager';
import { ConfigurationInvalidError, StoreUnavailableError } from '../../../rotation/errors';
import { startStubEndpoint } from './stub-endpoint';

/** What the SDK's types do not say of the handler that it makes. */
interface NodeHttpHandlerLike {
  httpHandlerConfigs(): object;
}

const inherited = { ...process.env };

/** Only what a test says: no file, role or metadata service of the machine. */
const bare = {
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  AWS_EC2_METADATA_DISABLED: 'true',
};
const inCode = { credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };
const credentials = { AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' };

beforeEach(() => {
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) Reflect.deleteProperty(process.env, name);
});

afterEach(() => {
  process.env = { ...inherited };
});

async function describeWith(environment: Record<string, string>): Promise<unknown> {
  Object.assign(process.env, bare, environment);
  const client = createSecretsManagerClient();
  try {
    return await new SecretsManagerStore({ client }).describe('prod/app');
  } finally {
    client.destroy();
  }
}

it('takes region, endpoint and credentials from the environment', async () => {
  const arn = 'arn:aws:secretsmanager:eu-west-3:123456789012:secret:prod/app-AbCdEf';
  const endpoint = await startStubEndpoint(() => ({ members: { ARN: arn, Name: 'prod/app' } }));

  const secret = await describeWith({ ...credentials, AWS_REGION: 'eu-west-3', AWS_ENDPOINT_URL: endpoint.url });

  await endpoint.close();
  expect(secret).toMatchObject({ arn });
});

it('says at the first call that no region is set', async () => {
  const described = describeWith(credentials);

  await expect(described).rejects.toThrow(ConfigurationInvalidError);
  await expect(described).rejects.toThrow('AWS_REGION');
});

it('says at the first call that there are no credentials', async () => {
  const described = describeWith({ AWS_REGION: 'eu-west-3' });

  await expect(described).rejects.toThrow(StoreUnavailableError);
  await expect(described).rejects.toThrow('AWS_ACCESS_KEY_ID');
});

it('says at the first call that the endpoint is not a URL', async () => {
  const described = describeWith({ ...credentials, AWS_REGION: 'eu-west-3', AWS_ENDPOINT_URL: 'not a url' });

  await expect(described).rejects.toThrow(ConfigurationInvalidError);
  await expect(described).rejects.toThrow('AWS_ENDPOINT_URL');
});

it('waits for a bounded time only', async () => {
  const endpoint = await startStubEndpoint(() => ({ members: {} }));
  const client = createSecretsManagerClient({ endpoint: endpoint.url, region: 'eu-west-3', ...inCode });
  await client.send(new DescribeSecretCommand({ SecretId: 'prod/app' }));

  const { requestHandler } = client.config as unknown as { requestHandler: NodeHttpHandlerLike };

  expect(requestHandler.httpHandlerConfigs()).toMatchObject({
    connectionTimeout: 3_000,
    requestTimeout: 5_000,
    throwOnRequestTimeout: true,
  });
  expect(await client.config.maxAttempts()).toBe(3);
  client.destroy();
  await endpoint.close();
});
