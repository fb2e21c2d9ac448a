import { PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { type RotatedApplication } from './rotated-application';
import { type RotorUnderTest } from './rotor-under-test';

/** Leaves a version under AWSPENDING, as a rotation that broke does; the database does not accept its password. */
export async function leaveOver(
  { secretsManager }: Pick<RotorUnderTest, 'secretsManager'>,
  { application, token }: { application: RotatedApplication; token: string },
): Promise<void> {
  await secretsManager.send(
    new PutSecretValueCommand({
      SecretId: application.arn,
      ClientRequestToken: token,
      SecretString: JSON.stringify({ ...(await application.value()), password: 'left-over' }),
      VersionStages: ['AWSPENDING'],
    }),
  );
}
