import { type Sensitive } from './sensitive';
import { type StagingLabel, type VersionLabels } from './staging-labels';

/** What the store tells of a secret without its value. */
export interface SecretDescription {
  /** The full ARN: one for every name and partial ARN that the secret answers to. */
  readonly arn: string;
  readonly name: string;
  readonly labels: VersionLabels;
  /** The AWS service that rotates the secret by itself, if one does. */
  readonly owningService?: string;
  /** Whether the secret waits for its deletion, and so refuses reads and writes. */
  readonly deleted: boolean;
  /** Whether Secrets Manager's own rotation is switched on. */
  readonly rotatedByAws: boolean;
  /** Whether other Regions have replicas of it. */
  readonly replicated: boolean;
}

/** One version of a secret with its value. */
export interface SecretVersion {
  readonly versionId: string;
  readonly labels: readonly string[];
  readonly text: Sensitive;
  /** When the version was stored: for AWSCURRENT's, the last rotation or the last change by hand. */
  readonly createdAt: Date;
}

/**
 * Where secrets live.
 *
 * Reads may be stale for a moment after a write. `secretId` is a name, a partial ARN or a full ARN. Every member
 * throws `SecretNotFoundError` for a secret that does not exist, `StoreAccessDeniedError`, `StoreRequestRefusedError`,
 * `StoreThrottledError` or `StoreUnavailableError`, and never an error of its vendor's.
 */
export interface SecretStore {
  /** Labels and state of a secret. */
  describe(secretId: string): Promise<SecretDescription>;

  /**
   * The version under this id, or undefined where there is none, or one without a value.
   *
   * @throws MalformedSecretError for a value that is no text.
   */
  readVersion(request: { secretId: string; versionId: string }): Promise<SecretVersion | undefined>;

  /**
   * The version that holds the label, or undefined where none with a value does.
   *
   * @throws MalformedSecretError for a value that is no text.
   */
  readLabel(request: { secretId: string; label: StagingLabel }): Promise<SecretVersion | undefined>;

  /**
   * Stores a value as the version `clientRequestToken` and puts AWSPENDING on it.
   *
   * Safe to repeat, also with another value: the first value stored under a token stays, and the caller reads it back.
   */
  putPending(request: { secretId: string; clientRequestToken: string; text: Sensitive }): Promise<void>;

  /**
   * Moves AWSCURRENT in one compare-and-swap; AWSPREVIOUS follows to `from`. Safe to repeat: a label that is on `to`
   * already stays there.
   *
   * @throws RotationSupersededError when neither `from` nor `to` holds AWSCURRENT; nothing has moved then.
   */
  moveCurrent(request: { secretId: string; from: string; to: string }): Promise<void>;

  /** Takes AWSPENDING off a version. Safe to repeat: a version that does not hold it is left alone. */
  removePending(request: { secretId: string; versionId: string }): Promise<void>;

  /**
   * Occupies a token with a version that has neither label nor credential, so that {@link SecretStore.putPending} can
   * never store anything under it. False where a version with a value was stored under it before: that one stays, with
   * its labels. No label of another version is touched.
   *
   * Safe to repeat: true again, and what an attempt that died half-way left is completed.
   */
  closeToken(request: { secretId: string; clientRequestToken: string }): Promise<boolean>;
}
