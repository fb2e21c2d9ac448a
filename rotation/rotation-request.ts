import { type TestProbes, type TlsSettings } from './database-engine';
import { type PasswordPolicy } from './password-policy';
import { type RotationRules } from './schedule/rotation-rules';
import { type StrategyName } from './strategies/rotation-strategy';

/** How a secret is rotated. Holds no secret value, so it may be stored in workflow inputs and schedules. */
export interface RotationConfiguration {
  /** @defaultValue `alternating-users` where the secret names a superuser's (`masterarn`), else `single-user` */
  readonly strategy?: StrategyName;
  /** The secret of a user that may change, create and grant. @defaultValue the secret's `masterarn`, when alternating */
  readonly superuserSecretId?: string;
  readonly tls?: TlsSettings;
  /** What testSecret tries besides signing in. */
  readonly probes?: TestProbes;
  /** Further addresses of the same database, such as replicas, at which testSecret signs in too. */
  readonly endpoints?: readonly { readonly host: string; readonly port?: number }[];
  /**
   * How long a rotation may try to come to its test before it undoes by itself, in hours from when its secret was found;
   * fractions are allowed.
   * @defaultValue until one day before the next rotation is due; for ever without a Schedule
   */
  readonly giveUpAfterHours?: number;
  /** Where it differs from AWS's defaults. */
  readonly passwordPolicy?: Partial<PasswordPolicy>;
}

/** One rotation of one secret, as AWS's rotation contract names it. */
export interface RotationRequest {
  /** The secret's full ARN. */
  readonly secretId: string;
  /** 32 to 64 characters; the id of the version that the rotation makes. */
  readonly clientRequestToken: string;
  readonly configuration: RotationConfiguration;
}

/** A rotation whose pending version is stored. */
export interface StartedRotation extends RotationRequest {
  /** The version that held AWSCURRENT when the rotation began: the one that it may take the label from. */
  readonly currentVersionId: string;
}

/** How and when a secret is rotated: what its Schedule holds, which is the only place where this is stored. */
export interface RotationPlan {
  /** The secret's full ARN. */
  readonly secretId: string;
  readonly configuration: RotationConfiguration;
  readonly rotationRules: RotationRules;
}
