/** What a version holds: text, or bytes in canonical base64. */
export type SecretValue = { readonly text: string } | { readonly base64: string };

/** One immutable version; only its value may be filled in, once, and the day of its last read moves. */
export interface SecretVersion {
  readonly id: string;
  readonly createdAt: number;
  /** Midnight UTC of the day of the last read. */
  readonly accessedOn?: number | undefined;
  readonly kmsKeyId?: string | undefined;
  /** Absent in the placeholder that RotateSecret makes. */
  readonly value?: SecretValue | undefined;
}

/** When a secret rotates, in the words of the service. */
export interface RotationRules {
  readonly AutomaticallyAfterDays?: number | undefined;
  readonly Duration?: string | undefined;
  readonly ScheduleExpression?: string | undefined;
}

/** A rotation that the service has started and not yet ended. */
export interface RotationInFlight {
  readonly token: string;
  /** Only `testSecret` is called, and the version is taken back afterwards. */
  readonly testOnly: boolean;
  /** How many whole sequences have failed so far. */
  readonly failures: number;
  /** The next sequence starts no earlier than this. */
  readonly notBefore: number;
}

/** A secret's rotation configuration and history. */
export interface Rotation {
  readonly enabled: boolean;
  readonly functionArn: string;
  readonly rules: RotationRules;
  readonly rotatedAt?: number | undefined;
  /** The moment, inside the window, that the service has chosen. */
  readonly plannedAt?: number | undefined;
  /** The latest bound of the window, which is what callers are shown. */
  readonly nextBy?: number | undefined;
  readonly inFlight?: RotationInFlight | undefined;
}

/** A deletion that has been asked for. */
export interface Deletion {
  readonly purgeAt: number;
  readonly forced: boolean;
}

/** A tag as the service shows it. */
export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

/**
 * A secret with its versions.
 *
 * Labels are a map from label to version id, so that a label on two versions cannot be expressed. Every change makes a
 * new object; one that has been handed out never changes.
 */
export interface Secret {
  readonly arn: string;
  readonly name: string;
  readonly accountId: string;
  readonly region: string;
  readonly createdAt: number;
  readonly changedAt: number;
  readonly accessedOn?: number | undefined;
  readonly description?: string | undefined;
  readonly kmsKeyId?: string | undefined;
  readonly type?: string | undefined;
  readonly tags?: readonly Tag[] | undefined;
  /** The ClientRequestToken of the CreateSecret call. */
  readonly creationToken: string;
  readonly deletion?: Deletion | undefined;
  readonly rotation?: Rotation | undefined;
  readonly labels: ReadonlyMap<string, string>;
  readonly versions: ReadonlyMap<string, SecretVersion>;
}
