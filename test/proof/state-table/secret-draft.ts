import { randomUUID } from 'node:crypto';
import { type SecretStore } from '../../../rotation/secret-store';
import { type ConnectionSecret, SecretValue } from '../../../rotation/secret-value';
import { Sensitive } from '../../../rotation/sensitive';
import { type Ground, textOf } from '../ground/ground';
import { type LabelState } from './cells';

/** What the secret's versions are to the rotation. */
export type VersionName = 'older' | 'start' | 'token' | 'another' | 'by hand';

/** A credential that the secret holds, by what it is to the rotation. */
export type CredentialName = 'current' | 'pending' | 'previous';

/** A user's name and password. */
export type Credential = Pick<ConnectionSecret, 'username' | 'password'>;

/** The users that a secret names. */
export interface Users {
  readonly main: string;
  /** The user that a pending version names: the same one, unless two users take turns. */
  readonly other: string;
  /** The user that the version before the current one names. */
  readonly before: string;
}

/** A secret whose labels are made by the calls that make them in life. */
export class SecretDraft {
  readonly token = randomUUID();
  readonly versions = new Map<string, VersionName>([[this.token, 'token']]);
  readonly credentials = new Map<CredentialName, Credential>();
  readonly #store: SecretStore;

  private constructor(
    readonly ground: Ground,
    readonly users: Users,
    readonly ids: { readonly secretId: string; readonly startId: string },
  ) {
    this.#store = ground.secrets.store(new AbortController().signal);
  }

  /** A secret with a version that is current, and one before it. */
  static async begin(ground: Ground, users: Users): Promise<SecretDraft> {
    const { secrets } = ground;
    const older = newText(ground, users.before);
    const start = newText(ground, users.main);
    const { arn: secretId, versionId } = await secrets.createSecret({ name: `proof/${users.main}`, text: older });
    const { versionId: startId } = await secrets.putByHand({ secretId, text: start });
    const draft = new SecretDraft(ground, users, { secretId, startId });
    draft.versions.set(versionId, 'older').set(startId, 'start');
    draft.credentials.set('current', credentialIn(start)).set('previous', credentialIn(older));
    return draft;
  }

  /** The label states, each with what has to be done for it; `isBegun` where createSecret was run before. */
  readonly label: Readonly<Record<LabelState, (isBegun: boolean) => Promise<void>>> = {
    'no pending': async (isBegun) => {
      if (!isBegun) return;
      await this.#putOwn();
      await this.#store.removePending({ secretId: this.ids.secretId, versionId: this.token });
    },
    'pending = token': () => this.#putOwn(),
    'pending = another token': async (isBegun) => {
      if (isBegun) await this.#putOwn();
      const credential = await this.#putPending(randomUUID(), 'another');
      if (!isBegun) this.credentials.set('pending', credential);
    },
    'pending on the current version': (isBegun) => this.#promote(isBegun),
    'pending without a value': () =>
      this.ground.secrets.createEmptyPending({ secretId: this.ids.secretId, versionId: this.token }),
    'current moved by someone else': async () => {
      await this.#putOwn();
      const text = newText(this.ground, this.users.main, { note: 'by hand' });
      const { versionId } = await this.ground.secrets.putByHand({ secretId: this.ids.secretId, text });
      this.versions.set(versionId, 'by hand');
      this.#makeCurrent(credentialIn(text));
    },
  };

  /** The version that is promoted is the rotation's, or before that has begun, an earlier one's. */
  async #promote(isBegun: boolean): Promise<void> {
    const { secretId, startId } = this.ids;
    const versionId = isBegun ? this.token : randomUUID();
    const credential = await this.#putPending(versionId, isBegun ? 'token' : 'start');
    await this.#store.moveCurrent({ secretId, from: startId, to: versionId });
    if (!isBegun) this.versions.set(startId, 'older');
    this.#makeCurrent(credential);
  }

  async #putOwn(): Promise<void> {
    this.credentials.set('pending', await this.#putPending(this.token, 'token'));
  }

  async #putPending(clientRequestToken: string, name: VersionName): Promise<Credential> {
    const text = newText(this.ground, this.users.other);
    const { secretId } = this.ids;
    this.versions.set(clientRequestToken, name);
    await this.#store.putPending({ secretId, clientRequestToken, text: new Sensitive(text) });
    return credentialIn(text);
  }

  #makeCurrent(credential: Credential): void {
    const before = this.credentials.get('current');
    if (before) this.credentials.set('previous', before);
    this.credentials.set('current', credential);
  }
}

function newText({ database }: Ground, username: string, members: Readonly<Record<string, unknown>> = {}): string {
  return textOf(database, { username, password: new Sensitive(randomPassword()) }, members);
}

/** The credential that a secret's text holds. */
export function credentialIn(text: string): Credential {
  return SecretValue.parse(new Sensitive(text)).connection;
}

/** A password that nobody else has. */
export function randomPassword(): string {
  return `pw-${randomUUID()}`;
}
