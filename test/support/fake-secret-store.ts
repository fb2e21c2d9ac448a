import { randomUUID } from 'node:crypto';
import { RotationSupersededError, SecretNotFoundError, StoreRequestRefusedError } from '../../rotation/errors';
import { type SecretDescription, type SecretStore, type SecretVersion } from '../../rotation/secret-store';
import { Sensitive } from '../../rotation/sensitive';
import { type StagingLabel, type VersionLabels } from '../../rotation/staging-labels';

/** When, seen from a call's effect, something happens to it. */
export type Moment = 'before' | 'after';

type State = Partial<Pick<SecretDescription, 'deleted' | 'owningService' | 'rotatedByAws' | 'replicated'>>;
type Interruption = () => unknown;

/** What stands under a token that was closed, and the label that it has meanwhile. */
const closing = { value: new Sensitive('{}'), label: 'ROTORCLOSED' };

interface Secret {
  readonly arn: string;
  readonly name: string;
  /** Undefined: a version without a value, as AWS makes it when it begins a rotation. */
  readonly values: Map<string, Sensitive | undefined>;
  /** The version under each label, so that one label on two versions cannot be expressed. */
  readonly holders: Map<string, string>;
  state: State;
}

/**
 * Secrets Manager in memory, by its rules: it passes the same contract as the adapter.
 *
 * What a test arranges and looks at is synchronous; what a rotation does goes through the port, can be made to fail, and
 * is listed in {@link FakeSecretStore.calls}.
 */
export class FakeSecretStore implements SecretStore {
  /** The members that were called, in order. */
  readonly calls: (keyof SecretStore)[] = [];
  readonly #secrets: Secret[] = [];
  readonly #interruptions: { member: keyof SecretStore; moment: Moment; interrupt: Interruption }[] = [];

  /** Without a text: a secret that has no version yet. */
  createSecret({ name, text }: { name: string; text?: string }): { arn: string; versionId: string } {
    const arn = `arn:aws:secretsmanager:eu-central-1:123456789012:secret:${name}-${randomUUID().slice(0, 6)}`;
    this.#secrets.push({ arn, name, values: new Map(), holders: new Map(), state: {} });
    return { arn, versionId: text === undefined ? '' : this.putByHand({ secretId: arn, text }).versionId };
  }

  /** Stores a value as its owner would: AWSCURRENT goes to it, and AWSPENDING leaves the version that was current. */
  putByHand({ secretId, text }: { secretId: string; text: string }): { versionId: string } {
    const secret = this.#find(secretId);
    const versionId = randomUUID();
    const before = secret.holders.get('AWSCURRENT');
    secret.values.set(versionId, new Sensitive(text));
    moveCurrent(secret, versionId);
    if (secret.holders.get('AWSPENDING') === before) secret.holders.delete('AWSPENDING');
    return { versionId };
  }

  /** Writes a version as only an intruder can: under any id, over any value. */
  overwrite({ secretId, versionId, text }: { secretId: string; versionId: string; text: string }): void {
    this.#find(secretId).values.set(versionId, new Sensitive(text));
  }

  /** Begins a rotation as AWS does: a version that has AWSPENDING and no value. */
  createEmptyPending({ secretId, versionId }: { secretId: string; versionId: string }): void {
    const secret = this.#find(secretId);
    secret.values.set(versionId, undefined);
    secret.holders.set('AWSPENDING', versionId);
  }

  /** Begins to close a token, as an attempt that dies half-way. */
  closeHalfway({ secretId, clientRequestToken }: { secretId: string; clientRequestToken: string }): void {
    occupy(this.#find(secretId), clientRequestToken);
  }

  /** Puts a label on a version by hand, or takes it off all of them. */
  label(secretId: string, { label, versionId }: { label: string; versionId: string | undefined }): void {
    const { holders } = this.#find(secretId);
    if (versionId === undefined) holders.delete(label);
    else holders.set(label, versionId);
  }

  /** Sets what {@link SecretStore.describe} tells beside the labels. */
  setState(secretId: string, state: State): void {
    this.#find(secretId).state = state;
  }

  labelsOf(secretId: string): VersionLabels {
    return labelsOf(this.#find(secretId));
  }

  /** The text of a version, or undefined where it has none. */
  textOf({ secretId, versionId }: { secretId: string; versionId: string }): string | undefined {
    return this.#find(secretId).values.get(versionId)?.reveal();
  }

  /** How many versions a secret has, with labels or without. */
  versionCount(secretId: string): number {
    return this.#find(secretId).values.size;
  }

  /** The ids of the versions that have a value, with labels or without. */
  versionIds(secretId: string): string[] {
    return [...this.#find(secretId).values].flatMap(([versionId, text]) => (text === undefined ? [] : [versionId]));
  }

  /** Makes the next call of a member fail: before its effect, or after it, as where an answer is lost. */
  failNext(member: keyof SecretStore, error: Error, moment: Moment): void {
    this.interruptNext(member, moment, () => {
      throw error;
    });
  }

  /** Lets something happen before or after the effect of the next call of a member. */
  interruptNext(member: keyof SecretStore, moment: Moment, interrupt: Interruption): void {
    this.#interruptions.push({ member, moment, interrupt });
  }

  async describe(secretId: string): Promise<SecretDescription> {
    return this.#call('describe', () => {
      const secret = this.#find(secretId);
      const { arn, name, state } = secret;
      return { arn, name, labels: labelsOf(secret), deleted: false, rotatedByAws: false, replicated: false, ...state };
    });
  }

  async readVersion(request: { secretId: string; versionId: string }): Promise<SecretVersion | undefined> {
    return this.#call('readVersion', () => versionOf(this.#findUsable(request.secretId), request.versionId));
  }

  async readLabel(request: { secretId: string; label: StagingLabel }): Promise<SecretVersion | undefined> {
    return this.#call('readLabel', () => {
      const secret = this.#findUsable(request.secretId);
      return versionOf(secret, secret.holders.get(request.label));
    });
  }

  async putPending(request: { secretId: string; clientRequestToken: string; text: Sensitive }): Promise<void> {
    const { secretId, clientRequestToken, text } = request;
    return this.#call('putPending', () => {
      assertVersionId(secretId, clientRequestToken);
      const secret = this.#findUsable(secretId);
      if (secret.values.get(clientRequestToken) !== undefined) return;
      secret.values.set(clientRequestToken, text);
      secret.holders.set('AWSPENDING', clientRequestToken);
    });
  }

  async moveCurrent({ secretId, from, to }: { secretId: string; from: string; to: string }): Promise<void> {
    return this.#call('moveCurrent', () => {
      const secret = this.#findUsable(secretId);
      const holder = secret.holders.get('AWSCURRENT');
      if (holder === to) return;
      if (holder !== from) throw new RotationSupersededError('Somebody else moved AWSCURRENT.', { secretId });
      if (!secret.values.get(to)) throw new StoreRequestRefusedError(`Version ${to} has no value.`, { secretId });
      moveCurrent(secret, to);
    });
  }

  async removePending({ secretId, versionId }: { secretId: string; versionId: string }): Promise<void> {
    return this.#call('removePending', () => {
      const { holders } = this.#findUsable(secretId);
      if (holders.get('AWSPENDING') === versionId) holders.delete('AWSPENDING');
    });
  }

  async closeToken(request: { secretId: string; clientRequestToken: string }): Promise<boolean> {
    const { secretId, clientRequestToken } = request;
    return this.#call('closeToken', () => {
      assertVersionId(secretId, clientRequestToken);
      const secret = this.#findUsable(secretId);
      if (secret.values.get(clientRequestToken)?.equals(closing.value) === false) return false;
      occupy(secret, clientRequestToken);
      secret.holders.delete(closing.label);
      return true;
    });
  }

  async #call<Answer>(member: keyof SecretStore, effect: () => Answer): Promise<Answer> {
    this.calls.push(member);
    await this.#interrupt(member, 'before');
    const answer = effect();
    await this.#interrupt(member, 'after');
    return answer;
  }

  async #interrupt(member: keyof SecretStore, moment: Moment): Promise<void> {
    const at = this.#interruptions.findIndex((next) => next.member === member && next.moment === moment);
    if (at !== -1) for (const { interrupt } of this.#interruptions.splice(at, 1)) await interrupt();
  }

  #find(secretId: string): Secret {
    const secret = this.#secrets.find((candidate) => answersTo(candidate, secretId));
    if (secret) return secret;
    throw new SecretNotFoundError(`There is no secret "${secretId}".`, { secretId });
  }

  #findUsable(secretId: string): Secret {
    const secret = this.#find(secretId);
    if (!secret.state.deleted) return secret;
    throw new StoreRequestRefusedError('The secret is scheduled for deletion.', { secretId });
  }
}

/** A name that itself ends like a suffix is not found by its ARN without the suffix. */
function answersTo({ arn, name }: Secret, secretId: string): boolean {
  if (secretId === arn || secretId === name) return true;
  return secretId === arn.slice(0, -7) && !/-[0-9A-Za-z]{6}$/.test(secretId);
}

function assertVersionId(secretId: string, versionId: string): void {
  if (versionId.length < 32 || versionId.length > 64) {
    throw new StoreRequestRefusedError('A version id has 32 to 64 characters.', { secretId });
  }
}

function moveCurrent({ holders }: Secret, to: string): void {
  const from = holders.get('AWSCURRENT');
  if (from !== undefined) holders.set('AWSPREVIOUS', from);
  holders.set('AWSCURRENT', to);
}

function occupy({ values, holders }: Secret, versionId: string): void {
  values.set(versionId, closing.value);
  holders.set(closing.label, versionId);
}

function labelsOf({ holders }: Secret): VersionLabels {
  const labels: Record<string, string[]> = {};
  for (const [label, versionId] of holders) (labels[versionId] ??= []).push(label);
  return labels;
}

function versionOf(secret: Secret, versionId: string | undefined): SecretVersion | undefined {
  const text = versionId === undefined ? undefined : secret.values.get(versionId);
  if (versionId === undefined || !text) return undefined;
  return { versionId, labels: labelsOf(secret)[versionId] ?? [], text, createdAt: new Date(0) };
}
