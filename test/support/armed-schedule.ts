import { SecretsManagerStore } from '../../adapters/secrets-manager';
import { nextRotation } from '../../rotation/schedule/next-rotation';
import { type RotationRules } from '../../rotation/schedule/rotation-rules';
import { type RotorUnderTest } from './rotor-under-test';

/** The instant that a secret's Schedule itself shows. ISO 8601. */
export async function armedFor(rotor: RotorUnderTest, arn: string): Promise<string | undefined> {
  return (await rotor.schedule(arn).describe()).info.nextActionTimes[0]?.toISOString();
}

/** Sets a secret's Schedule to an instant of no meaning, so that an arming shows. */
export async function disarm(rotor: RotorUnderTest, arn: string): Promise<void> {
  await rotor.schedule(arn).update((now) => ({ ...now, spec: { intervals: [{ every: '77d' }] } }));
}

/** The instant that a rotation which failed arms the Schedule for: the one that is due after AWSCURRENT was stored. */
export async function dueAfterCurrent(
  { secretsManager }: Pick<RotorUnderTest, 'secretsManager'>,
  { arn, rules }: { arn: string; rules: RotationRules },
): Promise<string | undefined> {
  const store = new SecretsManagerStore({ client: secretsManager });
  const version = await store.readLabel({ secretId: arn, label: 'AWSCURRENT' });
  return version && nextRotation({ arn, lastRotation: version.createdAt, rules }).toISOString();
}
