import { DeleteSecretCommand, ResourceNotFoundException } from '@aws-sdk/client-secrets-manager';
import { waitUntil } from '../../local/supervisor';
import { type RotorUnderTest } from './rotor-under-test';
import { type StoredSecret } from './stored-secret';

/** Deletes a secret for good; resolves when it is gone, which takes a second. */
export async function deleteForGood(
  { secretsManager }: Pick<RotorUnderTest, 'secretsManager'>,
  secret: StoredSecret,
): Promise<void> {
  await secretsManager.send(new DeleteSecretCommand({ SecretId: secret.arn, ForceDeleteWithoutRecovery: true }));
  const isGone = (): Promise<boolean> =>
    secret.labels().then(
      () => false,
      (err: unknown) => err instanceof ResourceNotFoundException,
    );
  if (!(await waitUntil(isGone, { limitMs: 30_000, everyMs: 100 }))) throw new Error('The secret is still there.');
}
