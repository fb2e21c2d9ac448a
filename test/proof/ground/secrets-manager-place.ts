import {
  CancelRotateSecretCommand,
  CreateSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretVersionIdsCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  RotateSecretCommand,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { createSecretsManagerClient, SecretsManagerStore } from '../../../adapters/secrets-manager';
import { startSecretsManager } from '../../../local/secrets-manager';
import { type SecretPlace } from './ground';

/** Starts a Secrets Manager endpoint that keeps its secrets in memory. */
export async function startSecretPlace(): Promise<{ secrets: SecretPlace; stop: () => Promise<void> }> {
  const rotationFunction = (): Promise<void> => Promise.reject(new Error('left undone'));
  const endpoint = await startSecretsManager({ port: 0, rotationFunction, rotationRetryWaitsMs: [] });
  const { url, region, credentials } = endpoint;
  const client = createSecretsManagerClient({ endpoint: url, region, credentials });
  const stop = async (): Promise<void> => {
    client.destroy();
    await endpoint.close();
  };
  return { secrets: secretPlace(client, region), stop };
}

/** A Secrets Manager endpoint that runs. */
export function secretPlace(client: SecretsManagerClient, region: string): SecretPlace {
  return {
    store: (signal) => new SecretsManagerStore({ client, signal }),
    createSecret: async ({ name, text }) => {
      const { ARN: arn = '', VersionId: versionId = '' } = await client.send(
        new CreateSecretCommand({ Name: name, SecretString: text }),
      );
      return { arn, versionId };
    },
    putByHand: async ({ secretId, text }) => {
      const command = new PutSecretValueCommand({ SecretId: secretId, SecretString: text });
      return { versionId: (await client.send(command)).VersionId ?? '' };
    },
    createEmptyPending: async ({ secretId, versionId }) => {
      const RotationLambdaARN = `arn:aws:lambda:${region}:000000000000:function:fails`;
      await client.send(
        new RotateSecretCommand({ SecretId: secretId, ClientRequestToken: versionId, RotationLambdaARN }),
      );
      await client.send(new CancelRotateSecretCommand({ SecretId: secretId }));
    },
    labels: async (secretId) => {
      const { VersionIdsToStages = {} } = await client.send(new DescribeSecretCommand({ SecretId: secretId }));
      return VersionIdsToStages;
    },
    text: async ({ secretId, versionId }) => {
      try {
        return (await client.send(new GetSecretValueCommand({ SecretId: secretId, VersionId: versionId })))
          .SecretString;
      } catch (err) {
        if (err instanceof ResourceNotFoundException) return undefined;
        throw err;
      }
    },
    versionIds: async (secretId) => {
      const command = new ListSecretVersionIdsCommand({ SecretId: secretId, IncludeDeprecated: true });
      const { Versions = [] } = await client.send(command);
      return Versions.map(({ VersionId = '' }) => VersionId);
    },
  };
}
