import { randomBytes } from 'node:crypto';
import { CreateSecretCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { asDatabaseUser, type Stack } from '../local/stack';

/** Makes database users and a secret for each; returns the secrets' names. The users own nothing. */
export async function createTargets(
  { postgres, secretsManager }: Pick<Stack, 'postgres'> & { secretsManager: SecretsManagerClient },
  count: number,
): Promise<string[]> {
  const { host, port, superuser } = postgres;
  const names = Array.from({ length: count }, (_, index) => `bench_${index}`);
  const passwords = names.map(() => randomBytes(24).toString('base64url'));
  await asDatabaseUser({ host, port, ...superuser, dbname: 'postgres' }, async (client) => {
    for (const [index, name] of names.entries()) {
      await client.query(`CREATE ROLE ${name} LOGIN PASSWORD '${passwords[index] ?? ''}'`);
    }
  });
  for (const [index, username] of names.entries()) {
    const password = passwords[index];
    const secret = { engine: 'postgres', host, port, username, password, dbname: 'postgres', ssl: false };
    await secretsManager.send(
      new CreateSecretCommand({ Name: `bench/${username}`, SecretString: JSON.stringify(secret) }),
    );
  }
  return names.map((name) => `bench/${name}`);
}
