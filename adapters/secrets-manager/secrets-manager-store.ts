import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  UpdateSecretVersionStageCommand,
  type GetSecretValueRequest,
  type GetSecretValueResponse,
  type PutSecretValueRequest,
  type SecretsManagerClient,
  type UpdateSecretVersionStageRequest,
} from '@aws-sdk/client-secrets-manager';
import { MalformedSecretError, RotationError, SecretNotFoundError, StoreUnavailableError } from '../../rotation/errors';
import { type SecretDescription, type SecretStore, type SecretVersion } from '../../rotation/secret-store';
import { Sensitive } from '../../rotation/sensitive';
import { type StagingLabel } from '../../rotation/staging-labels';
import { classifyError } from './classify-error';
import { type FailedCall } from './failed-call';
import { assertMoved, assertRemoved } from './label-outcome';

/** What the store works with. */
export interface SecretsManagerStoreOptions {
  /** Ready to use; whoever made it destroys it. */
  readonly client: SecretsManagerClient;
  /** Ends calls under way: they throw the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

type CallOptions = Readonly<{ abortSignal?: AbortSignal }>;

/**
 * What closes a token. A version cannot be put without a label: named none, the service gives it AWSCURRENT, and
 * AWSPENDING may be another's.
 */
const closing = { value: '{}', label: 'ROTORCLOSED' };

/** The secret store on AWS Secrets Manager. */
export class SecretsManagerStore implements SecretStore {
  readonly #client: SecretsManagerClient;
  readonly #signal: AbortSignal | undefined;

  constructor({ client, signal }: SecretsManagerStoreOptions) {
    this.#client = client;
    this.#signal = signal;
  }

  async describe(secretId: string): Promise<SecretDescription> {
    const secret = await this.#call({ operation: 'DescribeSecret', ids: { secretId } }, (options) =>
      this.#client.send(new DescribeSecretCommand({ SecretId: secretId }), options),
    );
    return {
      arn: present(secret.ARN, { secretId }),
      name: present(secret.Name, { secretId }),
      labels: secret.VersionIdsToStages ?? {},
      ...(secret.OwningService === undefined ? {} : { owningService: secret.OwningService }),
      deleted: secret.DeletedDate !== undefined,
      rotatedByAws: secret.RotationEnabled === true,
      replicated: (secret.ReplicationStatus?.length ?? 0) > 0,
    };
  }

  async readVersion({
    secretId,
    versionId,
  }: {
    secretId: string;
    versionId: string;
  }): Promise<SecretVersion | undefined> {
    return this.#read({ SecretId: secretId, VersionId: versionId }, { secretId, versionId });
  }

  async readLabel({ secretId, label }: { secretId: string; label: StagingLabel }): Promise<SecretVersion | undefined> {
    return this.#read({ SecretId: secretId, VersionStage: label }, { secretId });
  }

  async putPending(request: { secretId: string; clientRequestToken: string; text: Sensitive }): Promise<void> {
    const { secretId, clientRequestToken, text } = request;
    const version = { SecretString: text.reveal(), VersionStages: ['AWSPENDING'] };
    await this.#put(version, { secretId, clientRequestToken });
  }

  async moveCurrent({ secretId, from, to }: { secretId: string; from: string; to: string }): Promise<void> {
    const move = { VersionStage: 'AWSCURRENT', RemoveFromVersionId: from, MoveToVersionId: to };
    const moved = await this.#moveLabel({ SecretId: secretId, ...move }, { secretId, versionId: to });
    if (!moved) assertMoved({ labels: (await this.describe(secretId)).labels, secretId, from, to });
  }

  async removePending({ secretId, versionId }: { secretId: string; versionId: string }): Promise<void> {
    await this.#removeLabel('AWSPENDING', { secretId, versionId });
  }

  async closeToken(request: { secretId: string; clientRequestToken: string }): Promise<boolean> {
    const { secretId, clientRequestToken } = request;
    const version = { SecretString: closing.value, VersionStages: [closing.label] };
    if (!(await this.#put(version, { secretId, clientRequestToken }))) return false;
    await this.#removeLabel(closing.label, { secretId, versionId: clientRequestToken });
    return true;
  }

  /**
   * The service names an unknown secret and an unknown version by the same error; a second question tells them apart,
   * for texts change.
   */
  async #read(target: GetSecretValueRequest, ids: FailedCall['ids']): Promise<SecretVersion | undefined> {
    try {
      const answer = await this.#call({ operation: 'GetSecretValue', ids }, (options) =>
        this.#client.send(new GetSecretValueCommand(target), options),
      );
      return versionOf(answer, ids);
    } catch (err) {
      if (!(err instanceof SecretNotFoundError)) throw err;
      await this.describe(ids.secretId);
      return undefined;
    }
  }

  /** Whether the token has this value, by this call or an earlier one; false where it has another. */
  async #put(
    version: Pick<PutSecretValueRequest, 'SecretString' | 'VersionStages'>,
    { secretId, clientRequestToken }: { secretId: string; clientRequestToken: string },
  ): Promise<boolean> {
    const target = { SecretId: secretId, ClientRequestToken: clientRequestToken };
    try {
      await this.#call({ operation: 'PutSecretValue', ids: { secretId, clientRequestToken } }, (options) =>
        this.#client.send(new PutSecretValueCommand({ ...target, ...version }), options),
      );
      return true;
    } catch (err) {
      if (!hasCode(err, 'ResourceExistsException')) throw err;
      return false;
    }
  }

  async #removeLabel(label: string, { secretId, versionId }: { secretId: string; versionId: string }): Promise<void> {
    const removal = { VersionStage: label, RemoveFromVersionId: versionId };
    const removed = await this.#moveLabel({ SecretId: secretId, ...removal }, { secretId, versionId });
    if (!removed) assertRemoved({ labels: (await this.describe(secretId)).labels, secretId, versionId, label });
  }

  /** Whether the service made the change; where it did not, the labels tell what that means. */
  async #moveLabel(change: UpdateSecretVersionStageRequest, ids: FailedCall['ids']): Promise<boolean> {
    try {
      await this.#call({ operation: 'UpdateSecretVersionStage', ids }, (options) =>
        this.#client.send(new UpdateSecretVersionStageCommand(change), options),
      );
      return true;
    } catch (err) {
      if (hasCode(err, 'InvalidParameterException') || err instanceof SecretNotFoundError) return false;
      throw err;
    }
  }

  async #call<Answer>(call: FailedCall, send: (options: CallOptions) => Promise<Answer>): Promise<Answer> {
    try {
      return await send(this.#signal ? { abortSignal: this.#signal } : {});
    } catch (err) {
      this.#signal?.throwIfAborted();
      throw classifyError(err, call);
    }
  }
}

function versionOf(answer: GetSecretValueResponse, ids: FailedCall['ids']): SecretVersion {
  if (answer.SecretString === undefined) {
    throw new MalformedSecretError(
      `Secret "${ids.secretId}" holds binary data where a rotation needs text. Store it as AWS's JSON for databases.`,
      ids,
    );
  }
  return {
    versionId: present(answer.VersionId, ids),
    labels: answer.VersionStages ?? [],
    text: new Sensitive(answer.SecretString),
    createdAt: answer.CreatedDate ?? new Date(0),
  };
}

/** The SDK's types leave open what the service always sends. */
function present(value: string | undefined, ids: FailedCall['ids']): string {
  if (value !== undefined) return value;
  throw new StoreUnavailableError(`The answer for secret "${ids.secretId}" is not one of Secrets Manager's.`, ids);
}

function hasCode(err: unknown, code: string): boolean {
  return err instanceof RotationError && err.ids.code === code;
}
