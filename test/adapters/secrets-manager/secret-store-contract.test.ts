import {
  CreateSecretCommand,
  DeleteSecretCommand,
  PutSecretValueCommand,
  RotateSecretCommand,
} from '@aws-sdk/client-secrets-manager';
import { createSecretsManagerClient, SecretsManagerStore } from '../../../adapters/secrets-manager';
import { startSecretsManager } from '../../../local/secrets-manager';
import { StoreUnavailableError } from '../../../rotation/errors';
import { describeSecretStoreContract, type SecretStoreUnderTest } from '../../contracts/secret-store';

/** The real client and the real protocol; a rotation that AWS begins fails at its first step and is given up. */
async function start(): Promise<SecretStoreUnderTest> {
  const rotationFunction = (): Promise<void> => Promise.reject(new Error('left undone'));
  const endpoint = await startSecretsManager({ port: 0, rotationFunction, rotationRetryWaitsMs: [] });
  const { url, region, credentials } = endpoint;
  const client = createSecretsManagerClient({ endpoint: url, region, credentials });

  const store = new SecretsManagerStore({ client });

  return {
    store,
    createSecret: async ({ name, text }) => {
      const value = text === undefined ? {} : { SecretString: text };
      const { ARN: arn = '', VersionId: versionId = '' } = await client.send(
        new CreateSecretCommand({ Name: name, ...value }),
      );
      return { arn, versionId };
    },
    putByHand: async ({ secretId, text }) => {
      const command = new PutSecretValueCommand({ SecretId: secretId, SecretString: text });
      const { VersionId: versionId = '' } = await client.send(command);
      return { versionId };
    },
    createEmptyPending: async ({ secretId, versionId }) => {
      const RotationLambdaARN = `arn:aws:lambda:${region}:000000000000:function:fails`;
      await client.send(
        new RotateSecretCommand({ SecretId: secretId, ClientRequestToken: versionId, RotationLambdaARN }),
      );
    },
    closeHalfway: async (request) => {
      endpoint.controls.faults.arm({ kind: 'fail-before', operation: 'UpdateSecretVersionStage', count: 3 });
      await expect(store.closeToken(request)).rejects.toThrow(StoreUnavailableError);
    },
    deleteSecret: async (secretId) => {
      await client.send(new DeleteSecretCommand({ SecretId: secretId }));
    },
    close: async () => {
      client.destroy();
      await endpoint.close();
    },
  };
}

describeSecretStoreContract({ name: 'SecretsManagerStore', start });
