import { randomUUID } from 'node:crypto';
import { type RotationRequest } from '../../../rotation/rotation-request';
import { type ConnectionSecret } from '../../../rotation/secret-value';
import { Sensitive } from '../../../rotation/sensitive';
import { type StrategyName } from '../../../rotation/strategies/rotation-strategy';
import { type Ground } from '../ground/ground';
import { type Cell } from './cells';
import { type Accepted } from './rules';
import {
  type Credential,
  type CredentialName,
  randomPassword,
  SecretDraft,
  type Users,
  type VersionName,
} from './secret-draft';

/** A secret and its database user, as a cell says. */
export interface Arranged {
  readonly request: RotationRequest;
  /** The version that was current when the rotation began. */
  readonly startVersionId: string;
  readonly versions: ReadonlyMap<string, VersionName>;
  /** What the secret holds; nothing pending before createSecret has stored it. */
  readonly credentials: ReadonlyMap<CredentialName, Credential>;
}

/** Brings the state of a cell about: a secret and its user, or its two users, of the cell's own. */
export async function arrange(ground: Ground, cell: Cell): Promise<Arranged> {
  const users = userNames(cell.strategy);
  const secret = await arrangeSecret(ground, { cell, users });
  await arrangeUsers(ground, { cell, users, credentials: secret.credentials });
  return secret;
}

function userNames(strategy: StrategyName): Users {
  const main = `app_${randomUUID().replaceAll('-', '').slice(0, 12)}`;
  return { main, other: strategy === 'alternating-users' ? `${main}_clone` : main };
}

async function arrangeSecret(ground: Ground, { cell, users }: { cell: Cell; users: Users }): Promise<Arranged> {
  const draft = await SecretDraft.begin(ground, users);
  await draft.label[cell.labels](cell.step !== 'createSecret');
  const { superuserSecretId } = ground;
  const { versions, credentials, token, ids } = draft;
  const configuration = {
    strategy: cell.strategy,
    ...(cell.strategy === 'alternating-users' ? { superuserSecretId } : {}),
  };
  return {
    request: { secretId: ids.secretId, clientRequestToken: token, configuration },
    startVersionId: ids.startId,
    versions,
    credentials,
  };
}

async function arrangeUsers(
  { database }: Ground,
  { cell, users, credentials }: { cell: Cell; users: Users; credentials: Arranged['credentials'] },
): Promise<void> {
  const accepted = [...credentials].filter(([name]) => acceptedIn(cell.database).includes(name));
  await database.createUser({ username: users.main, password: randomPassword() });
  if (users.other !== users.main) await makeAlternate(database, users);
  for (const username of new Set([users.main, users.other])) {
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
