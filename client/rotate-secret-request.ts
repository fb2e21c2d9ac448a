import { type RotationConfiguration } from '../rotation/rotation-request';
import { type RotationRules } from '../rotation/schedule/rotation-rules';

/** RotateSecret's request, as AWS has it. */
export interface RotateSecretRequest {
  /** Name, partial ARN or full ARN. */
  readonly secretId: string;
  /**
   * 32 to 64 characters. Asking again with the same token is the same rotation, also after it ended.
   * @defaultValue an id of its own for each call
   */
  readonly clientRequestToken?: string;
  /** Stored in the secret's Schedule, and used by this rotation. @defaultValue what is stored */
  readonly configuration?: RotationConfiguration;
  /** Stored in the secret's Schedule, which is then counted from now. @defaultValue what is stored */
  readonly rotationRules?: RotationRules;
  /** False: store, arm and test the current credential, but do not rotate. @defaultValue true */
  readonly rotateImmediately?: boolean;
}

/** A rotation that was accepted. */
export interface RotationHandle {
  readonly arn: string;
  readonly name: string;
  /** The id of the version that the rotation makes: its ClientRequestToken. */
  readonly versionId: string;
  /** The workflow run that carries it out; absent for a rotation that was over when it was asked for. */
  readonly runId?: string;
}
