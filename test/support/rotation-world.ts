import { randomUUID } from 'node:crypto';
import { type RotationConfiguration, type StartedRotation } from '../../rotation/rotation-request';
import { type ConnectionSecret, SecretValue } from '../../rotation/secret-value';
import { Sensitive } from '../../rotation/sensitive';
import { holderOf, type VersionLabels } from '../../rotation/staging-labels';
import { createSecret } from '../../rotation/steps/create-secret';
import { finishSecret } from '../../rotation/steps/finish-secret';
import { setSecret } from '../../rotation/steps/set-secret';
import { type StepDeps } from '../../rotation/steps/step';
import { testSecret } from '../../rotation/steps/test-secret';
import { FakeDatabase } from './fake-database';
import { FakeSecretStore } from './fake-secret-store';
import { type FakeServer } from './fake-server';
import { secretText } from './secret-text';

/** A secret, the database that it opens, and one rotation of it that has not begun. */
export class RotationWorld {
  readonly store = new FakeSecretStore();
  readonly database = new FakeDatabase();
  readonly server: FakeServer;
  deps: StepDeps = { store: this.store, engineFor: () => this.database.engine() };
  readonly secretId: string;
  rotation: StartedRotation;

  /** With other members than a complete secret has. The database has the user `app` with the secret's password. */
  constructor(members: Readonly<Record<string, unknown>> = {}, { hasSecondPasswords = false } = {}) {
    this.server = this.database.addServer({ hasSecondPasswords });
    const { arn, versionId } = this.store.createSecret({ name: 'prod/app', text: secretText(members) });
    this.secretId = arn;
    this.server.users.set('app', { password: 'first-password' });
    this.rotation = {
      secretId: arn,
      clientRequestToken: randomUUID(),
      currentVersionId: versionId,
      configuration: {},
    };
  }

  /** The version that the rotation makes. */
  get token(): string {
    return this.rotation.clientRequestToken;
  }

  /** The version that was current when the rotation began. */
  get first(): string {
    return this.rotation.currentVersionId;
  }

  get labels(): VersionLabels {
    return this.store.labelsOf(this.secretId);
  }

  /** Stores a superuser's secret by the name `admin`, and makes the superuser that it names. */
  addSuperuser(text: string = secretText({ username: 'root', password: 'root-password' })): void {
    this.store.createSecret({ name: 'admin', text });
    this.server.users.set('root', { password: 'root-password', isSuperuser: true });
  }

  /** Rotates the secret once more, through the steps that a rotation has. */
  async rotate(configuration: RotationConfiguration = {}): Promise<void> {
    const request = { secretId: this.secretId, clientRequestToken: randomUUID(), configuration };
    const { currentVersionId } = await createSecret(this.deps, request);
    this.rotation = { ...request, currentVersionId };
    await setSecret(this.deps, this.rotation);
    await testSecret(this.deps, this.rotation);
    await finishSecret(this.deps, this.rotation);
  }

  /** What the current version says. */
  get current(): ConnectionSecret {
    const versionId = holderOf(this.labels, 'AWSCURRENT') ?? '';
    const text = this.store.textOf({ secretId: this.secretId, versionId }) ?? '';
    return SecretValue.parse(new Sensitive(text)).connection;
  }

  /** Whether the database accepts a credential, asked past the engine. */
  acceptsCredential({ username, password }: ConnectionSecret): boolean {
    return this.database.accepts(this.server, { username, password: password.reveal() });
  }

  /** Stores a pending version as createSecret would have; the password is `second-password` unless it is given. */
  async storePending(members: Readonly<Record<string, unknown>> = {}): Promise<void> {
    const text = secretText({ password: 'second-password', ...members });
    await this.store.putPending({ secretId: this.secretId, clientRequestToken: this.token, text: new Sensitive(text) });
    this.store.calls.length = 0;
  }

  /** What the secret said before: a version under AWSPREVIOUS. */
  putPrevious(text: string): void {
    const versionId = randomUUID();
    this.store.overwrite({ secretId: this.secretId, versionId, text });
    this.store.label(this.secretId, { label: 'AWSPREVIOUS', versionId });
  }

  /** Puts the password of the user `app` in the database, past the engine. */
  setPassword(password: string): void {
    this.server.users.set('app', { password });
  }

  /** Whether the database accepts the password for the user `app`, asked past the engine. */
  accepts(password: string): boolean {
    return this.database.accepts(this.server, { username: 'app', password });
  }

  /** The password that a version holds. */
  passwordOf(versionId: string): string {
    const text = this.store.textOf({ secretId: this.secretId, versionId }) ?? '';
    return SecretValue.parse(new Sensitive(text)).connection.password.reveal();
  }
}
