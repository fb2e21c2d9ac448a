import { randomUUID } from 'node:crypto';
import { type RotationRequest } from '../../../rotation/rotation-request';
import { type ConnectionSecret } from '../../../rotation/secret-value';
import { Sensitive } from '../../../rotation/sensitive';
import { type Ground } from '../ground/ground';
import { type Cell } from './cells';
import { type Accepted } from './rule';
import {
  type Credential,
  type CredentialName,
  randomPassword,
  SecretDraft,
  type Users,
  type VersionName,
} from './secret-draft';

/** A state to bring about: a cell, and what can differ beside it. */
export interface Scene extends Cell {
  /** Whether a superuser makes the changes of a user who may not make them itself. @defaultValue false */
  readonly isBySuperuser?: boolean;
  /** Whether the user that is to take turns with the current one does not exist yet. @defaultValue false */
  readonly isFirst?: boolean;
}

/** A secret and its database user, as a scene says. */
export interface Arranged {
  readonly request: RotationRequest;
  /** The version that was current when the rotation began. */
  readonly startVersionId: string;
  readonly versions: ReadonlyMap<string, VersionName>;
  /** What the secret holds; nothing pending before createSecret has stored it. */
  readonly credentials: ReadonlyMap<CredentialName, Credential>;
}

/** Brings a state about: a secret and its user, or its two users, of the scene's own. */
export async function arrange(ground: Ground, scene: Scene): Promise<Arranged> {
  const users = userNames(scene);
  const secret = await arrangeSecret(ground, { scene, users });
  await arrangeUsers(ground, { scene, users, credentials: secret.credentials });
  return secret;
}

function userNames({ strategy, isFirst = false }: Scene): Users {
  const main = `app_${randomUUID().replaceAll('-', '').slice(0, 12)}`;
  const other = strategy === 'alternating-users' ? `${main}_clone` : main;
  return { main, other, before: isFirst ? main : other };
}

async function arrangeSecret(ground: Ground, { scene, users }: { scene: Scene; users: Users }): Promise<Arranged> {
  const draft = await SecretDraft.begin(ground, users);
  await draft.label[scene.labels](scene.step !== 'createSecret');
  const { superuserSecretId } = ground;
  const { versions, credentials, token, ids } = draft;
  const { strategy, isBySuperuser = strategy === 'alternating-users' } = scene;
  const configuration = { strategy, ...(isBySuperuser ? { superuserSecretId } : {}) };
  return {
    request: { secretId: ids.secretId, clientRequestToken: token, configuration },
    startVersionId: ids.startId,
    versions,
    credentials,
  };
}

async function arrangeUsers(
  { database }: Ground,
  { scene, users, credentials }: { scene: Scene; users: Users; credentials: Arranged['credentials'] },
): Promise<void> {
  const { database: state, isBySuperuser = false } = scene;
  const accepted = [...credentials].filter(([name]) => acceptedIn(state).includes(name));
  await database.createUser({ username: users.main, password: randomPassword(), mayChangeItself: !isBySuperuser });
  if (users.before !== users.main) await makeAlternate(database, users);
  for (const username of new Set([users.main, users.before])) {
    const passwords = accepted
      .filter(([, credential]) => credential.username === username)
      .map(([, { password }]) => password.reveal());
    await database.setPasswords(username, passwords.length > 0 ? passwords : [randomPassword()]);
  }
}

/** By the engine, so that it has the rights of one that a rotation has made. */
async function makeAlternate(database: Ground['database'], { main, other }: Users): Promise<void> {
  const { address, superuser } = database;
  const user = (username: string): ConnectionSecret => ({
    ...address,
    username,
    password: new Sensitive(randomPassword()),
  });
  const engine = database.engineFor(new AbortController().signal)(address.engine);
  await engine.matchUser({ superuser, original: user(main), alternate: user(other) });
}

/** The credentials that are accepted in a state. */
export function acceptedIn(state: Exclude<Accepted, 'as before'>): readonly CredentialName[] {
  if (state === 'none') return [];
  return state.split(' and ') as CredentialName[];
}
