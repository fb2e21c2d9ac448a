import { MalformedSecretError, RotationSupersededError, SecretNotFoundError } from '../errors';
import { type StartedRotation } from '../rotation-request';
import { type SecretStore, type SecretVersion } from '../secret-store';
import { SecretValue, type ConnectionSecret } from '../secret-value';

/** A version of a secret whose text could be understood. */
export interface ReadVersion {
  readonly versionId: string;
  readonly value: SecretValue;
}

/** Both credentials of a rotation under way. */
export interface Credentials {
  readonly current: ConnectionSecret;
  readonly pending: ConnectionSecret;
  /** Whether the rotation's version holds AWSCURRENT already, so that there is nothing left to set or to test. */
  readonly promoted: boolean;
}

/**
 * The version under AWSCURRENT.
 *
 * @throws SecretNotFoundError for a secret without a value.
 * @throws MalformedSecretError
 */
export async function readCurrent(store: SecretStore, secretId: string): Promise<ReadVersion> {
  const version = await store.readLabel({ secretId, label: 'AWSCURRENT' });
  if (!version) {
    throw new SecretNotFoundError('The secret has no value yet: no version holds AWSCURRENT. Store one first.', {
      secretId,
    });
  }
  return { versionId: version.versionId, value: SecretValue.parse(version.text) };
}

/** AWSPREVIOUS's credential; undefined where there is none, or one that cannot be understood. */
export async function readPrevious(store: SecretStore, secretId: string): Promise<ConnectionSecret | undefined> {
  const version = await store.readLabel({ secretId, label: 'AWSPREVIOUS' });
  return version && readable(version);
}

/**
 * The current and the pending credential, while the rotation still is what it was when it began.
 *
 * @throws RotationSupersededError when somebody moved AWSCURRENT or AWSPENDING meanwhile.
 */
export async function readCredentials(store: SecretStore, rotation: StartedRotation): Promise<Credentials> {
  const { secretId, clientRequestToken, currentVersionId } = rotation;
  const [current, pending] = await Promise.all([
    readCurrent(store, secretId),
    store.readVersion({ secretId, versionId: clientRequestToken }),
  ]);
  if (current.versionId !== currentVersionId && current.versionId !== clientRequestToken) {
    throw superseded('AWSCURRENT was moved to another version', rotation);
  }
  return {
    current: current.value.connection,
    pending: SecretValue.parse(pendingText(pending, rotation)).connection,
    promoted: current.versionId === clientRequestToken,
  };
}

/**
 * Checks that the version of a rotation still carries its label.
 *
 * @throws RotationSupersededError
 */
export function assertStillOurs(version: SecretVersion, ids: { secretId: string; clientRequestToken: string }): void {
  if (!version.labels.includes('AWSPENDING') && !version.labels.includes('AWSCURRENT')) {
    throw superseded("AWSPENDING was taken off the rotation's version", ids);
  }
}

function pendingText(pending: SecretVersion | undefined, rotation: StartedRotation): SecretVersion['text'] {
  if (!pending) throw superseded("the rotation's version has no value", rotation);
  assertStillOurs(pending, rotation);
  return pending.text;
}

function superseded(what: string, ids: { secretId: string; clientRequestToken: string }): RotationSupersededError {
  return new RotationSupersededError(
    `Somebody else changed the secret during the rotation: ${what}. The rotation gives way; rotate again if the new ` +
      'password should be replaced too.',
    { secretId: ids.secretId, clientRequestToken: ids.clientRequestToken },
  );
}

/** The credential that a version holds; undefined where its text cannot be understood, so that no database can have it. */
export function readable(version: SecretVersion): ConnectionSecret | undefined {
  try {
    return SecretValue.parse(version.text).connection;
  } catch (err) {
    if (err instanceof MalformedSecretError) return undefined;
    throw err;
  }
}
