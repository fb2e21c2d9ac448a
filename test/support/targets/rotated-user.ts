import { randomBytes } from 'node:crypto';
import { type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { type RotationConfiguration } from '../../../rotation/rotation-request';
import { type UserAccount } from '../../contracts/database-engine';
import { createSecret, StoredSecret } from '../stored-secret';
import { type TargetServer } from './target-server';

/** Where a user is made, and where its secret is. */
export interface UserPlace {
  readonly target: TargetServer;
  readonly secretsManager: SecretsManagerClient;
}

/** A user of a target, its secret and how that is rotated. */
export interface RotatedUser {
  readonly secret: StoredSecret;
  /** The table that it writes to. */
  readonly table: string;
  readonly configuration: RotationConfiguration;
}

let lastUser = 0;

/** Makes a user and its secret; where nobody else is named, the superuser's secret goes into the configuration. */
export async function createRotatedUser(
  place: UserPlace,
  { by, ...configuration }: RotationConfiguration & { readonly by?: UserAccount | 'itself' },
): Promise<RotatedUser> {
  const username = `app_${++lastUser}`;
  const user = { username, password: randomBytes(24).toString('base64url') };
  const table = `writes_${lastUser}`;
  await place.target.createApplication({ ...user, table });
  const secret = await store(place, { name: `test/${username}`, user });
  if (by === 'itself') {
    await place.target.allowOwnPassword(username);
    return { secret, table, configuration };
  }
  const superuser = await store(place, { name: `test/${username}/superuser`, user: by ?? place.target.superuser });
  return { secret, table, configuration: { ...configuration, superuserSecretId: superuser.arn } };
}

async function store(
  { target, secretsManager }: UserPlace,
  { name, user: { username, password } }: { name: string; user: UserAccount },
): Promise<StoredSecret> {
  const value = { ...target.members, username, password };
  return new StoredSecret(secretsManager, await createSecret(secretsManager, { name, value }));
}
