import { SecretsManagerClient, type SecretsManagerClientConfig } from '@aws-sdk/client-secrets-manager';
import { ConfigurationInvalidError } from '../../rotation/errors';
import { rememberEndpoints } from './failed-endpoint';
import { paceWrites } from './write-pace';

/**
 * A client with limits: the SDK's own default is to wait for ever.
 *
 * A few quick attempts in the SDK, kept-alive connections, and an error where an answer does not come; long outages
 * are the caller's to wait for. Writes slow down once the service asks for it. Region, endpoint and credentials come from the SDK's own handling of the environment
 * and profiles (`AWS_*`), unless `overrides` says otherwise. One that is missing is reported by the first call.
 * Whoever makes a client destroys it, or the process lingers.
 */
export function createSecretsManagerClient(overrides: SecretsManagerClientConfig = {}): SecretsManagerClient {
  const client = new SecretsManagerClient({
    maxAttempts: 3,
    retryMode: 'standard',
    requestHandler: { connectionTimeout: 3_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
    ...overrides,
  });
  requireRegion(client);
  rememberEndpoints(client);
  paceWrites(client);
  return client;
}

/** The SDK reports a missing region by a bare `Error`, which nothing but its text tells from others. */
function requireRegion(client: SecretsManagerClient): void {
  client.middlewareStack.add(
    (next) => async (call) => {
      await client.config.region().catch(() => {
        throw new ConfigurationInvalidError('No AWS region is set. Set AWS_REGION, or a profile that has one.');
      });
      return next(call);
    },
    { name: 'requireRegion', step: 'initialize', priority: 'high' },
  );
}
