import { type EngineFor } from '../../../rotation/database-engine';
import { type SecretStore } from '../../../rotation/secret-store';
import { type ConnectionSecret } from '../../../rotation/secret-value';
import { type VersionLabels } from '../../../rotation/staging-labels';
import { type UserAccount } from '../../contracts/database-engine';

/** A proof asked for a state that cannot be. */
export class StateImpossibleError extends Error {}

/** A user to create. */
export interface NewUser extends UserAccount {
  /** Whether it gets whatever right the server asks for before a user may change its own password. */
  readonly mayChangeItself: boolean;
}

/** A database server that rotations are proved on; what a proof arranges and asks goes past the engine. */
export interface DatabasePlace {
  readonly address: Omit<ConnectionSecret, 'username' | 'password'>;
  readonly superuser: ConnectionSecret;
  /** Whether a user can have two passwords at once. */
  readonly hasSecondPasswords: boolean;
  /** The engines as a worker has them, for one attempt. */
  engineFor(signal: AbortSignal): EngineFor;
  createUser(user: NewUser): Promise<void>;
  /**
   * Gives a user one password, or two, and no other.
   *
   * @throws StateImpossibleError for two on a server where a user has one.
   */
  setPasswords(username: string, passwords: readonly string[]): Promise<void>;
  signsIn(user: UserAccount): Promise<boolean>;
}

/** A secret store that rotations are proved on; what a proof arranges and asks goes past the port. */
export interface SecretPlace {
  /** The store as a worker has it, for one attempt. */
  store(signal: AbortSignal): SecretStore;
  createSecret(secret: { name: string; text: string }): Promise<{ arn: string; versionId: string }>;
  /** Stores a value as its owner would: AWSCURRENT goes to it. */
  putByHand(value: { secretId: string; text: string }): Promise<{ versionId: string }>;
  /** A version without a value under AWSPENDING, as a rotation of AWS's own leaves it. */
  createEmptyPending(version: { secretId: string; versionId: string }): Promise<void>;
  labels(secretId: string): Promise<VersionLabels>;
  /** The value of a version; undefined where it has none. */
  text(version: { secretId: string; versionId: string }): Promise<string | undefined>;
  /** The ids of all versions that have a value, with labels or without. */
  versionIds(secretId: string): Promise<readonly string[]>;
}

/** Where rotations are proved: a database server and a secret store, both running. */
export interface Ground {
  readonly database: DatabasePlace;
  readonly secrets: SecretPlace;
  /** The secret of the database's superuser. */
  readonly superuserSecretId: string;
  stop(): Promise<void>;
}

/** A ground before it runs. */
export interface GroundPlan {
  readonly name: string;
  readonly hasSecondPasswords: boolean;
  /** Whether all that can be proved on it takes no more than seconds. */
  readonly isQuick: boolean;
  readonly start: () => Promise<Ground>;
}

/** Puts a database server and a secret store together. */
export async function groundOf(
  database: DatabasePlace,
  secrets: SecretPlace,
  stop: () => Promise<void> = () => Promise.resolve(),
): Promise<Ground> {
  const { arn } = await secrets.createSecret({ name: 'superuser', text: textOf(database, database.superuser) });
  return { database, secrets, superuserSecretId: arn, stop };
}

/**
 * The password of a user where it has one.
 *
 * @throws StateImpossibleError for another number of them.
 */
export function onlyOne(passwords: readonly string[]): string {
  const [password, ...more] = passwords;
  if (password !== undefined && more.length === 0) return password;
  throw new StateImpossibleError(`A user has one password on this server, and not ${passwords.length}.`);
}

/** The text of a secret for a user of a server; `members` are further ones. */
export function textOf(
  { address }: Pick<DatabasePlace, 'address'>,
  { username, password }: Pick<ConnectionSecret, 'username' | 'password'>,
  members: Readonly<Record<string, unknown>> = {},
): string {
  const { tls, ...rest } = address;
  return JSON.stringify({ ...rest, username, password: password.reveal(), ssl: tls, ...members });
}
