import { DatabaseError } from 'pg';
import { type RotationDescription } from '../../client';
import { asDatabaseUser, type DemoSecret } from '../stack';
import { type Consumer, type QueryCount } from './consumer';

/** What the demo proved, or failed to. */
export interface DemoEvidence {
  readonly before: RotationDescription['labels'];
  readonly after: RotationDescription['labels'];
  readonly oldPassword: SignInAnswer;
  readonly newPassword: SignInAnswer;
  /** The consumer's queries from the request to the first success after the rotation. */
  readonly consumer: QueryCount;
  /** ISO 8601. */
  readonly nextRotation: string | undefined;
  /** Whether all of it is as a rotation must leave it. */
  readonly proved: boolean;
}

/** What the server says to a password; `unclear` when it says something else. */
export type SignInAnswer = 'signs in' | 'refused' | 'unclear';

/** What the evidence is gathered from. */
export interface DemoObservations {
  readonly before: RotationDescription;
  readonly after: RotationDescription;
  readonly old: DemoSecret | undefined;
  readonly current: DemoSecret | undefined;
  readonly consumer: Consumer;
}

/** Signs in with both passwords and holds the labels against each other. */
export async function evidenceOf({ before, after, old, current, consumer }: DemoObservations): Promise<DemoEvidence> {
  const [oldPassword, newPassword] = [await signIn(old), await signIn(current)];
  const nextRotation = after.schedule?.nextRotation;
  const moved = versionUnder(after, 'AWSPREVIOUS') === versionUnder(before, 'AWSCURRENT');
  const proved = moved && oldPassword === 'refused' && newPassword === 'signs in' && nextRotation !== undefined;
  return {
    before: before.labels,
    after: after.labels,
    oldPassword,
    newPassword,
    consumer: consumer.count(),
    nextRotation,
    proved,
  };
}

function versionUnder({ labels }: RotationDescription, label: string): string | undefined {
  return Object.keys(labels).find((versionId) => labels[versionId]?.includes(label));
}

async function signIn(secret: DemoSecret | undefined): Promise<SignInAnswer> {
  if (!secret) return 'unclear';
  try {
    await asDatabaseUser(secret, (client) => client.query('SELECT 1'));
    return 'signs in';
  } catch (err) {
    return err instanceof DatabaseError && err.code === '28P01' ? 'refused' : 'unclear';
  }
}
